/** An album of the mock marketplace. */
export interface MockAlbum {
  artist: string;
  title: string;
  /** Year of the first pressing. */
  year: number;
  label: string;
  genre: string;
}

// artist|album|year|label, grouped by genre: dull to read as objects, easy to extend as lines.
const ALBUMS: Record<string, string> = {
  Jazz: `Miles Davis|Kind Of Blue|1959|Columbia
Miles Davis|Bitches Brew|1970|Columbia
Miles Davis|In A Silent Way|1969|Columbia
John Coltrane|A Love Supreme|1965|Impulse!
John Coltrane|Blue Train|1958|Blue Note
John Coltrane|Giant Steps|1960|Atlantic
Charles Mingus|Mingus Ah Um|1959|Columbia
Charles Mingus|The Black Saint And The Sinner Lady|1963|Impulse!
Thelonious Monk|Brilliant Corners|1957|Riverside
Bill Evans Trio|Waltz For Debby|1962|Riverside
Sonny Rollins|Saxophone Colossus|1957|Prestige
Herbie Hancock|Head Hunters|1973|Columbia
Herbie Hancock|Maiden Voyage|1965|Blue Note
Wayne Shorter|Speak No Evil|1966|Blue Note
Lee Morgan|The Sidewinder|1964|Blue Note
Art Blakey & The Jazz Messengers|Moanin'|1959|Blue Note
Alice Coltrane|Journey In Satchidananda|1971|Impulse!
Pharoah Sanders|Karma|1969|Impulse!
Dave Brubeck Quartet|Time Out|1959|Columbia
Cannonball Adderley|Somethin' Else|1958|Blue Note
Chet Baker|Chet Baker Sings|1954|Pacific Jazz
Sun Ra|Space Is The Place|1973|Blue Thumb
Keith Jarrett|The Köln Concert|1975|ECM
Hank Mobley|Soul Station|1960|Blue Note
Donald Byrd|Black Byrd|1973|Blue Note
Grant Green|Idle Moments|1965|Blue Note
Eric Dolphy|Out To Lunch!|1964|Blue Note
Nina Simone|Pastel Blues|1965|Philips`,
  Rock: `Primus|Sailing The Seas Of Cheese|1991|Interscope
Primus|Frizzle Fry|1990|Caroline
Primus|Pork Soda|1993|Interscope
Les Claypool|Of Whales And Woe|2006|Prawn Song
Pink Floyd|The Dark Side Of The Moon|1973|Harvest
Pink Floyd|Wish You Were Here|1975|Harvest
Pink Floyd|Animals|1977|Harvest
The Beatles|Revolver|1966|Parlophone
The Beatles|Abbey Road|1969|Apple
The Rolling Stones|Exile On Main St.|1972|Rolling Stones
Led Zeppelin|Led Zeppelin IV|1971|Atlantic
Led Zeppelin|Physical Graffiti|1975|Swan Song
Black Sabbath|Paranoid|1970|Vertigo
Black Sabbath|Master Of Reality|1971|Vertigo
King Crimson|In The Court Of The Crimson King|1969|Island
Can|Tago Mago|1971|United Artists
Neu!|Neu!|1972|Brain
Faust|Faust IV|1973|Virgin
The Velvet Underground|White Light/White Heat|1968|Verve
David Bowie|Low|1977|RCA
David Bowie|Hunky Dory|1971|RCA
Brian Eno|Another Green World|1975|Island
Talking Heads|Remain In Light|1980|Sire
Television|Marquee Moon|1977|Elektra
The Clash|London Calling|1979|CBS
Joy Division|Unknown Pleasures|1979|Factory
Joy Division|Closer|1980|Factory
New Order|Power, Corruption & Lies|1983|Factory
The Cure|Disintegration|1989|Fiction
The Smiths|The Queen Is Dead|1986|Rough Trade
Cocteau Twins|Heaven Or Las Vegas|1990|4AD
Slowdive|Souvlaki|1993|Creation
My Bloody Valentine|Loveless|1991|Creation
Sonic Youth|Daydream Nation|1988|Blast First
Pixies|Doolittle|1989|4AD
Nirvana|Nevermind|1991|DGC
Nirvana|In Utero|1993|DGC
Radiohead|OK Computer|1997|Parlophone
Radiohead|In Rainbows|2007|XL
Neil Young|Harvest|1972|Reprise
Nick Drake|Pink Moon|1972|Island
Fleetwood Mac|Rumours|1977|Warner Bros.
Fugazi|Repeater|1990|Dischord
Slint|Spiderland|1991|Touch And Go
Tortoise|Millions Now Living Will Never Die|1996|Thrill Jockey
Portishead|Dummy|1994|Go! Beat
Massive Attack|Mezzanine|1998|Virgin
Massive Attack|Blue Lines|1991|Wild Bunch
Godspeed You! Black Emperor|Lift Your Skinny Fists|2000|Constellation
Sigur Rós|Ágætis Byrjun|1999|Fat Cat
Motörhead|Ace Of Spades|1980|Bronze
Hüsker Dü|Zen Arcade|1984|SST`,
  Electronic: `Kraftwerk|Trans-Europe Express|1977|Kling Klang
Kraftwerk|Autobahn|1974|Philips
Kraftwerk|Computer World|1981|Kling Klang
Tangerine Dream|Phaedra|1974|Virgin
Klaus Schulze|Timewind|1975|Brain
Aphex Twin|Selected Ambient Works 85-92|1992|Apollo
Aphex Twin|Syro|2014|Warp
Boards Of Canada|Music Has The Right To Children|1998|Warp
Boards Of Canada|Geogaddi|2002|Warp
Autechre|Tri Repetae|1995|Warp
Daft Punk|Discovery|2001|Virgin
Daft Punk|Homework|1997|Virgin
Burial|Untrue|2007|Hyperdub
The Orb|Adventures Beyond The Ultraworld|1991|Big Life
Underworld|Dubnobasswithmyheadman|1994|Junior Boy's Own
Leftfield|Leftism|1995|Hard Hands
Basic Channel|BCD|1995|Basic Channel
Drexciya|Neptune's Lair|1999|Tresor
Jeff Mills|Waveform Transmission Vol. 1|1992|Tresor
Model 500|Deep Space|1995|R & S
Robert Hood|Minimal Nation|1994|Axis
Moodymann|Silentintroduction|1997|Planet E
Larry Heard|Sceneries Not Songs|1994|Black Market
Ricardo Villalobos|Alcachofa|2003|Playhouse
Four Tet|Rounds|2003|Domino
Caribou|Swim|2010|City Slang
Jon Hopkins|Immunity|2013|Domino
Floating Points|Elaenia|2015|Pluto
Jean-Michel Jarre|Oxygène|1976|Disques Dreyfus
Vangelis|Blade Runner|1994|EastWest
Björk|Homogenic|1997|One Little Indian
Björk|Debut|1993|One Little Indian
Röyksopp|Melody A.M.|2001|Wall Of Sound
DJ Shadow|Endtroducing.....|1996|Mo Wax
The Avalanches|Since I Left You|2000|Modular`,
  'Funk / Soul': `Marvin Gaye|What's Going On|1971|Tamla
Stevie Wonder|Innervisions|1973|Tamla
Stevie Wonder|Songs In The Key Of Life|1976|Tamla
Curtis Mayfield|Superfly|1972|Curtom
Curtis Mayfield|Curtis|1970|Curtom
Isaac Hayes|Hot Buttered Soul|1969|Enterprise
Al Green|Let's Stay Together|1972|Hi
Aretha Franklin|Lady Soul|1968|Atlantic
James Brown|The Payback|1973|Polydor
Sly & The Family Stone|There's A Riot Goin' On|1971|Epic
Parliament|Mothership Connection|1975|Casablanca
Funkadelic|Maggot Brain|1971|Westbound
Roy Ayers Ubiquity|Everybody Loves The Sunshine|1976|Polydor
Minnie Riperton|Come To My Garden|1970|GRT
Bill Withers|Still Bill|1972|Sussex
Gil Scott-Heron|Pieces Of A Man|1971|Flying Dutchman
Shuggie Otis|Inspiration Information|1974|Epic
Erykah Badu|Mama's Gun|2000|Motown
D'Angelo|Voodoo|2000|Virgin
Sade|Diamond Life|1984|Epic`,
  'Hip Hop': `Madvillain|Madvillainy|2004|Stones Throw
MF Doom|Operation: Doomsday|1999|Fondle 'Em
J Dilla|Donuts|2006|Stones Throw
A Tribe Called Quest|The Low End Theory|1991|Jive
A Tribe Called Quest|Midnight Marauders|1993|Jive
De La Soul|3 Feet High And Rising|1989|Tommy Boy
Wu-Tang Clan|Enter The Wu-Tang (36 Chambers)|1993|Loud
GZA|Liquid Swords|1995|Geffen
Nas|Illmatic|1994|Columbia
Mobb Deep|The Infamous|1995|Loud
Public Enemy|It Takes A Nation Of Millions|1988|Def Jam
Gang Starr|Moment Of Truth|1998|Noo Trybe
OutKast|Aquemini|1998|LaFace
Beastie Boys|Paul's Boutique|1989|Capitol
Kendrick Lamar|To Pimp A Butterfly|2015|Top Dawg
Cannibal Ox|The Cold Vein|2001|Def Jux`,
  'Reggae / World': `Bob Marley & The Wailers|Catch A Fire|1973|Island
Augustus Pablo|King Tubbys Meets Rockers Uptown|1976|Clocktower
The Congos|Heart Of The Congos|1977|Black Art
Lee Perry & The Upsetters|Super Ape|1976|Island
Burning Spear|Marcus Garvey|1975|Island
King Tubby|Dub From The Roots|1974|Total Sounds
Toots & The Maytals|Funky Kingston|1973|Dragon
Fela Kuti|Zombie|1976|Coconut
Fela Kuti|Expensive Shit|1975|Sounds Workshop
Mulatu Astatke|Mulatu Of Ethiopia|1972|Worthy
Tom Zé|Estudando O Samba|1976|Continental
Os Mutantes|Os Mutantes|1968|Polydor
Jorge Ben|África Brasil|1976|Philips
Gilberto Gil|Expresso 2222|1972|Philips
Serge Gainsbourg|Histoire De Melody Nelson|1971|Philips
Françoise Hardy|La Question|1971|Sonopresse
Haruomi Hosono|Philharmony|1982|Yen
Yellow Magic Orchestra|Solid State Survivor|1979|Alfa
Ryo Fukui|Scenery|1976|Trio
Tatsuro Yamashita|For You|1982|Air
Tinariwen|Amassakoul|2004|Emma
Ali Farka Touré|The River|1990|World Circuit`,
};

/** The albums that the mock marketplace trades in; their order is the source of the mock Discogs ids. */
export const MOCK_ALBUMS: readonly MockAlbum[] = Object.entries(ALBUMS).flatMap(([genre, lines]) =>
  lines.split('\n').map((line) => {
    const [artist = '', title = '', year = '', label = ''] = line.split('|');
    return { artist, title, year: Number(year), label, genre };
  }),
);

/** One pressing of an album. Prices are multiples of the album's own price level. */
export interface MockPressing {
  name: string;
  country: string;
  /** Years after the first pressing. */
  yearsLater: number;
  format: string;
  priceFactorPercent: number;
}

export const MOCK_PRESSINGS: readonly MockPressing[] = [
  { name: 'Original', country: 'US', yearsLater: 0, format: 'LP', priceFactorPercent: 240 },
  { name: 'First UK Press', country: 'UK', yearsLater: 0, format: 'LP', priceFactorPercent: 210 },
  { name: 'Japan OBI', country: 'Japan', yearsLater: 9, format: 'LP', priceFactorPercent: 190 },
  { name: 'German Repress', country: 'Germany', yearsLater: 6, format: 'LP', priceFactorPercent: 95 },
  { name: '180g Reissue', country: 'Europe', yearsLater: 28, format: 'LP', priceFactorPercent: 80 },
  { name: 'Deluxe Edition', country: 'US', yearsLater: 30, format: '2xLP', priceFactorPercent: 130 },
  { name: 'Coloured Vinyl', country: 'Europe', yearsLater: 32, format: 'LP', priceFactorPercent: 105 },
  { name: 'Club Edition', country: 'US', yearsLater: 4, format: 'LP', priceFactorPercent: 60 },
];

/** Media grades with the share of copies and what the grade does to the price. */
export const MOCK_GRADES = [
  { grade: 'M', weight: 6, priceFactorPercent: 150 },
  { grade: 'NM', weight: 24, priceFactorPercent: 120 },
  { grade: 'VG+', weight: 38, priceFactorPercent: 100 },
  { grade: 'VG', weight: 20, priceFactorPercent: 70 },
  { grade: 'G+', weight: 8, priceFactorPercent: 45 },
  { grade: 'G', weight: 4, priceFactorPercent: 30 },
] as const;

/** Where sellers sit, what they charge in, and what the cheapest postage costs there, in cents. */
export const MOCK_COUNTRIES = [
  { country: 'US', currency: 'USD', shippingCents: 550 },
  { country: 'GB', currency: 'GBP', shippingCents: 480 },
  { country: 'DE', currency: 'EUR', shippingCents: 620 },
  { country: 'FR', currency: 'EUR', shippingCents: 790 },
  { country: 'NL', currency: 'EUR', shippingCents: 690 },
  { country: 'IT', currency: 'EUR', shippingCents: 850 },
  { country: 'JP', currency: 'USD', shippingCents: 1_800 },
  { country: 'CA', currency: 'CAD', shippingCents: 1_250 },
  { country: 'AU', currency: 'AUD', shippingCents: 1_400 },
] as const;

export const MOCK_SELLERS = [
  'groove_cellar',
  'blackwax_berlin',
  'sidetwo.records',
  'needle-and-thread',
  'runout_grooves',
  'deadwax_daily',
  'cratedigger_joe',
  'the_vinyl_vicar',
  'spindle.shop',
  'northsoul_vault',
  'obi_strip_tokyo',
  'dubplate_dan',
  'motor_city_wax',
  'lathe.cut.lucy',
  'second_spin_sf',
  'platenzaak',
  'disques_du_canal',
  'monomaniac45',
  'gatefold_garage',
  'tonearm_tom',
  'analog_anna',
  'bin_diver',
  'matrix_number',
  'side_b_stories',
] as const;
