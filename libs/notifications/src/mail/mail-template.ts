/*
 * Tables and inline styles, because that is what mail programs render; both colour schemes, where they know them.
 * `{{…}}` escapes HTML. Links and facts come ready from `Alert`.
 */

const ALERT = `
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;margin:0 0 24px 0;">
  <tr><td style="padding:0;font-family:Helvetica,Arial,sans-serif;">
    <p style="margin:0 0 4px 0;font-size:13px;line-height:18px;color:#6b6257;" class="dim">{{what}}{{#unless isStillValid}} &middot; <strong>no longer for sale</strong>{{/unless}}</p>
    <h2 style="margin:0 0 10px 0;font-size:18px;line-height:24px;font-weight:bold;color:#1f1a17;" class="ink">{{#if isStillValid}}{{title}}{{else}}<s>{{title}}</s>{{/if}}</h2>
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;">
      {{#each facts}}
      <tr>
        <td width="84" valign="top" style="padding:2px 12px 2px 0;font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:20px;color:#6b6257;" class="dim">{{label}}</td>
        <td valign="top" style="padding:2px 0;font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:20px;color:#1f1a17;word-break:break-word;" class="ink">{{value}}</td>
      </tr>
      {{/each}}
    </table>
    {{#if url}}
    <table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:14px 0 0 0;"><tr>
      <td bgcolor="#8a3324" style="border-radius:4px;"><a href="{{url}}" style="display:inline-block;padding:10px 18px;font-family:Helvetica,Arial,sans-serif;font-size:15px;line-height:20px;color:#ffffff;text-decoration:none;">{{buyLabel}}</a></td>
    </tr></table>
    {{/if}}
    <p style="margin:10px 0 0 0;font-size:12px;line-height:17px;color:#6b6257;" class="dim">{{#if notice}}{{#if url}}<a href="{{url}}" style="color:#6b6257;" class="dim">{{notice}}</a>{{else}}{{notice}}{{/if}} {{/if}}{{#if muteUrl}}<a href="{{muteUrl}}" style="color:#6b6257;" class="dim">Mute this</a>{{/if}}{{#if muteSellerUrl}} &middot; <a href="{{muteSellerUrl}}" style="color:#6b6257;" class="dim">Mute this seller</a>{{/if}}</p>
  </td></tr>
</table>`;

export const HTML_TEMPLATE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{subject}}</title>
<style>
@media (prefers-color-scheme: dark) {
  .page { background-color: #191614 !important; }
  .card { background-color: #26211e !important; }
  .ink { color: #f3ede6 !important; }
  .dim { color: #b5aa9e !important; }
}
</style>
</head>
<body style="margin:0;padding:0;background-color:#f4efe8;" class="page">
<div style="display:none;max-height:0;overflow:hidden;">{{preview}}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f4efe8" class="page">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;" bgcolor="#ffffff" class="card">
<tr><td style="padding:24px;">
{{#if intro}}<p style="margin:0 0 20px 0;font-family:Helvetica,Arial,sans-serif;font-size:15px;line-height:21px;color:#1f1a17;" class="ink">{{intro}}</p>{{/if}}
{{#each alerts}}${ALERT}{{/each}}
{{#if omitted}}<p style="margin:0;font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:20px;color:#1f1a17;" class="ink">And {{omitted}} more in your inbox at WaxWatch.</p>{{/if}}
</td></tr>
<tr><td style="padding:0 24px 24px 24px;font-family:Helvetica,Arial,sans-serif;font-size:12px;line-height:17px;color:#6b6257;" class="dim">
{{#each trademarks}}<p style="margin:0 0 6px 0;">{{this}}</p>{{/each}}
<p style="margin:0;">WaxWatch. You can change what you are notified of in your settings.{{#if unsubscribeUrl}} <a href="{{unsubscribeUrl}}" style="color:#6b6257;" class="dim">Unsubscribe from e-mails</a>.{{/if}}</p>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
