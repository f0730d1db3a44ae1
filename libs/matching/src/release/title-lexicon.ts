const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words that tell nothing apart. */
export const STOP_WORDS = words('a an and the of in on by n de la le les el der die das und et y');

/** The record is on vinyl, whatever else is in the box. */
export const VINYL_WORDS = words(
  `lp vinyl vinyls vinyle vinilo vinile record schallplatte platte disque 33t 33rpm 180g 200g gram press pressing
  wax album gatefold 180 picture`,
);

/** An album, even where a single is mentioned as well. */
export const ALBUM_WORDS = words('lp lps album');

/** Another recording of the same name, or somebody else's. */
export const OTHER_RECORDING = words(
  `tribute karaoke live demos outtakes sessions remixes instrumental instrumentals symphonic symphony orchestra covers
  redux revisited reimagined unplugged concert lullaby rarities tour bootleg`,
);

/** Somebody else plays the artist's songs, when it stands right before the name. */
export const PLAYING = words('plays play sings sing does salute salutes celebrating interprets meets');
/** A selection of an artist's work, whose own name is not that of any album in it. */
export const COMPILATION =
  /\b(?:greatest hits|best of|anthology|(?:the|a) collection|very best|complete (?:\w+ )?sessions)\b/i;

/** Several records, or a choice of them. */
export const SEVERAL_RECORDS = words(
  'lot lots joblot bundle lps albums choose bulk twofer konvolut sammlung singles',
);

/** Other carriers, and what is no recording at all: they count where no word says that there is vinyl too. */
export const NOT_VINYL = words(
  `cd cds 2cd 3cd 4cd 5cd 6cd sacd dvd dvds vhs bluray blu cassette cassettes tape tapes mc k7 minidisc 8track cartridge
  reel download digital flexi shirt tshirt tee hoodie sweatshirt cap mug poster print framed canvas photo photograph
  book songbook magazine programme program ticket sticker badge pin button patch buckle keyring coaster clock costume
  tab sheet`,
);

/** What stands before an extra that comes with the record. */
export const ALONG_WITH = words('w with incl including includes inc and plus complete all hype');

/** Parts of a record that are sold by themselves. */
export const ONLY_A_PART =
  /\b(?:sleeve|cover|jacket|poster|obi|insert|inner|lyric|box)s?(?:\s+sheet)?\s+only\b|\bno\s+(?:record|vinyl|disc)\b|\bempty\s+(?:sleeve|cover)\b/i;
/** Seven inches; a count of them beside an album, or one that comes with something, is a bonus. */
export const SEVEN_INCH =
  /(?<![\d.]|(?:\bw\/|\bwith|\bincl\.?|\bbonus|\bplus|[+&])\s?(?:a |bonus )?)7\s?(?:["\u201d\u2033]|''|inch\b|in\b)|\b(?:single|maxi)\b/i;
/** Somebody plays another's songs. */
export const PERFORMED =
  /\b(?:performed|played|made famous|as sung)\s+by\b|\bin the style of\b|\bplays?\s+(?:the\s+)?(?:music|songs)\b|\b(?:songs|music|best)\s+of\b(?=.*\btribute)|\bmaking of\b|\bremix\s+tapes\b/i;
/** Who says that an album of the artist's own name is meant. */
export const SELF_TITLED =
  /(?<![a-z])(?:s\/t|self[\s-]?titled|eponymous|same|debut|first\s+(?:album|lp)|1st\s+(?:album|lp))(?![a-z])/i;

/** What a word in front tells more of, whichever it is: `smile cover`, `palm tree labels`. */
export const PACKAGING = words('cover sleeve label labels edition');

/** What sellers write around the name of a record: whatever is none of these may be part of another name. */
export const NOISE = words(`
  lp lps ep vinyl record records album albums disc discs double triple single 12 10 7 inch inches in x rpm 33 45 13 3 1 33rpm 45rpm
  180g 180gram 180 gram grams g 200g 140g heavy heavyweight audiophile
  original orig og first 1st second 2nd 3rd third early late press pressing pressed issue reissue reissued re rp repress represses
  repressing remaster remastered remasters remix master mastered edition editions ed version anniversary anniv deluxe super
  limited ltd numbered special collectors collector club import promo promotional test white label wlp rsd exclusive rare
  htf oop new used sealed unplayed factory shrink open opened unopened mint near nm m ex vg good excellent very plus g+ fair
  condition cond great nice clean beautiful copy top stunning super tested play plays graded tbe
  stereo mono monaural quad quadraphonic half speed halfspeed mfsl mofi uhqr onestep audio analogue analog
  gatefold gat fold foldout cover sleeve jacket inner insert booklet poster posters sticker stickers obi lyric lyrics hype
  textured laminated embossed die cut matrix runout deadwax stamper porky rl ludwig etched signed
  w with incl inc includes including complete no not only plus and by from the a of on or for aka feat featuring ft
  black red blue green yellow orange purple pink white clear gold silver grey gray brown coloured colored colour color
  marbled marble splatter swirl swirled translucent transparent opaque smoke smoky picture pic disc disk pd
  uk us usa u.s. gb eu europe european german germany deutschland france french italy italian spain spanish holland dutch nl japan
  japanese jp jpn canada canadian australia australian sweden swedish brazil mexico mexican russia jamaica jamaican israel korea
  american british english england greece portugal yugoslavia poland de fr it
  rock pop jazz soul funk punk metal hard heavy prog progressive psych psychedelic folk blues hip hop rap electronic ambient techno
  house reggae dub indie alternative classic krautrock kraut trip grunge wave post classical latin soundtrack ost score
  box set boxset pack 2xlp 3xlp digipak vtg vintage collectible oldies 60s 70s 80s 90s
  columbia cbs sony legacy epic rca victor reprise warner wb bros brothers atlantic elektra asylum capitol emi harvest parlophone
  apple decca london mercury philips polydor vertigo island virgin motown tamla gordy stax impulse verve prestige riverside
  contemporary fantasy ojc milestone chess cadet abc mgm mca geffen dgc sub pop creation factory fact rough trade 4ad mute beggars
  banquet bronze charisma chrysalis deram track polygram universal umg umc bmg rhino music on movation warp ninja tune domino xl
  matador merge def jam tommy boy jive loud interscope aftermath arista bizarre straight discreet brain spoon united artists ua
  kling klang liberty blue note tone poet bluenote pathe marconi columbiahouse rso sire irs i.r.s. planet mu rephlex one little
  indian independent fatcat krunk fiction swan song superhype tuff gong coconut creole pye transatlantic dawn nems albert sanctuary
  castle friday speakers corner acoustic sounds series analogue productions classic simply svlp dol wax time waxtime nautilus
  groenland gronland bmrg go discs beat daft life ltd hut dreamworks grp ecm cti kudu flying dutchman strata east
  van gelder rvg ear dg deep groove 6eye eye six two 2eye 360 sound promo dj radio library w/ wlp
  big bear spaceship plum turquoise rainbow lime lilac tan olive dynaflex solid triangle target dark light labels
  sold buy now free shipping ship look wow must see read description l@@k super bargain price cheap
  orange ruby anniversary year years th remastered black friday
  schallplatte schallplatten platten disques discos dischi musik musique musica vinyle vinilo vinile disque erstpressung nachpressung auflage zustand neu ovp top edizione edicion stampa
  st same debut untitled self titled selftitled eponymous
  signed autographed cisco craft sundazed impex intervention vmp third man pure pleasure matters org direct
`);
