//! The status as one page that needs nothing else: no script, no request, readable on screen and on paper.

use std::fmt::Write as _;

use super::show::{mark, span};
use super::{Gateway, Row, State, Status, failing, number, shown_instances, summary};
use crate::visible::markup;

/// Colours by what they are for; those of a dark screen where the reader prefers one.
const STYLE: &str = "\
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#59636e;--line:#d1d9e0;--panel:#f6f8fa;--ok:#116329;\
--okbg:#dafbe1;--warn:#7d4e00;--warnbg:#fff8c5;--bad:#a40e26;--badbg:#ffebe9}\
@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9198a1;--line:#3d444d;--panel:#151b23;\
--ok:#56d364;--okbg:#12261e;--warn:#e3b341;--warnbg:#272115;--bad:#ff7b72;--badbg:#25171c}}\
*{box-sizing:border-box}body{margin:0 auto;max-width:76rem;padding:1.5rem;background:var(--bg);color:var(--fg);\
font:15px/1.45 system-ui,sans-serif}h1{font-size:1.5rem;margin:0 0 .25rem;overflow-wrap:anywhere}\
h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.25rem 0}.soft{color:var(--soft)}\
dl{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}dl div{background:var(--panel);border:1px solid var(--line);\
border-radius:6px;padding:.5rem .75rem}dt{color:var(--soft);font-size:.8rem}dd{margin:0;overflow-wrap:anywhere}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
th,td{text-align:left;padding:.35rem .6rem;border-top:1px solid var(--line);vertical-align:top}\
th{color:var(--soft);font-weight:600;font-size:.8rem;border-top:0;white-space:nowrap}.n{text-align:right}\
td.name{overflow-wrap:anywhere;min-width:8rem;font-weight:600}tr.why td{border-top:0;padding-top:0;color:var(--soft);\
overflow-wrap:anywhere}.tag{border-radius:1rem;padding:.05rem .55rem;white-space:nowrap;color:var(--warn);\
background:var(--warnbg)}.ok{color:var(--ok);background:var(--okbg)}.bad{color:var(--bad);background:var(--badbg)}\
code{overflow-wrap:anywhere}figure{margin:0;overflow-x:auto}figure svg{max-width:100%;height:auto}\
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:11px}tr,figure{break-inside:avoid}}";

/// The page; `graph` is an SVG of the gateway's topology, `moment` when the look was taken.
pub fn html(status: &Status, graph: Option<&str>, moment: &str) -> String {
    let name = markup(&status.gateway.name);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>{name}: gateway status</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{name}</h1>\n\
         <p>{}</p>\n<p class=\"soft\">Seen at <time>{}</time> by termgate {}.</p>\n",
        markup(&summary(status)),
        markup(moment),
        markup(status.termgate),
    );
    of_gateway(&mut page, status);
    page += "<h2>Linked services</h2>\n<div class=\"wide\"><table>\n<thead><tr>";
    for (heading, is_number) in [
        ("Service", false),
        ("State", false),
        ("Instances", true),
        ("Protocol", false),
        ("TLS", false),
        ("Certificate", true),
        ("Connections", true),
        ("Requests", true),
        ("Requests/s", true),
        ("Failures/s", true),
    ] {
        let class = if is_number { " class=\"n\"" } else { "" };
        let _ = write!(page, "<th{class} scope=\"col\">{heading}</th>");
    }
    page += "</tr></thead>\n<tbody>\n";
    for row in &status.services {
        of_service(&mut page, row);
    }
    page += "</tbody>\n</table></div>\n";
    if !status.refused.is_empty() {
        page += "<h2>Refused updates</h2>\n<ul>\n";
        for refused in &status.refused {
            let (resource, reason) = (markup(&refused.resource), markup(&refused.reason));
            let _ = writeln!(page, "<li><code>{resource}</code>: {reason}</li>");
        }
        page += "</ul>\n";
    }
    if let Some(graph) = graph {
        let _ = write!(page, "<h2>Topology</h2>\n<figure>\n{graph}\n</figure>\n");
    }
    page + "</body>\n</html>\n"
}

fn of_gateway(page: &mut String, status: &Status) {
    let gateway = &status.gateway;
    let Gateway { datacenter, consul, envoy, .. } = gateway;
    let mut facts = vec![("Service ID", gateway.id.clone())];
    let mut fact = |name, value: Option<String>| {
        facts.extend(value.filter(|value| !value.is_empty()).map(|value| (name, value)));
    };
    fact("Datacenter", Some(datacenter.clone()));
    fact("Consul", consul.clone());
    let of_envoy = envoy.as_ref().map(|version| format!("{version}, {}", gateway.state));
    fact("Envoy", of_envoy.or_else(|| gateway.reason.as_ref().map(|reason| format!("unknown: {reason}"))));
    fact("Configured by", gateway.configured_by.map(str::to_owned));
    fact("Up", gateway.uptime_seconds.map(span));
    fact("Listens on", Some(gateway.listeners.join(", ")));
    fact("Connections", gateway.active_connections.map(|count| count.to_string()));
    fact("Last change", status.last_change.clone());
    page.push_str("<dl>\n");
    for (name, value) in facts {
        let _ = writeln!(page, "<div><dt>{name}</dt><dd>{}</dd></div>", markup(&value));
    }
    page.push_str("</dl>\n<h2>Gateway instances</h2>\n<ul>\n");
    for one in &gateway.instances {
        let class = match one.status.as_str() {
            "passing" => "tag ok",
            "critical" => "tag bad",
            _ => "tag",
        };
        let _ = writeln!(
            page,
            "<li><code>{}</code> on {}, {} port {} <span class=\"{class}\">{}</span></li>",
            markup(&one.id),
            markup(&one.node),
            markup(&one.address),
            one.port,
            markup(&one.status)
        );
    }
    page.push_str("</ul>\n");
}

fn of_service(page: &mut String, row: &Row) {
    let class = match row.state {
        State::Closed => "tag bad",
        State::Served if mark(row).0 == "✓" => "tag ok",
        _ => "tag",
    };
    let known = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    let failed = row.requests_per_second.map(|_| number(row.failures_per_second.values().sum()));
    let unsure = if row.state == State::Served && !row.seen { " (expected)" } else { "" };
    let _ = write!(
        page,
        "<tr><td class=\"name\">{}</td><td><span class=\"{class}\">{} {}{unsure}</span></td>",
        markup(&row.name),
        mark(row).0,
        row.state.name()
    );
    let _ = write!(
        page,
        "<td class=\"n\">{}</td><td>{}</td><td>{}</td>",
        shown_instances(row),
        markup(&row.protocol),
        row.tls
    );
    for cell in [
        known(row.certificate_days_left.map(|days| format!("{days} d"))),
        known(row.active_connections.map(|count| count.to_string())),
        known(row.requests_total.map(|count| count.to_string())),
        known(row.requests_per_second.map(number)),
        known(failed),
    ] {
        let _ = write!(page, "<td class=\"n\">{cell}</td>");
    }
    page.push_str("</tr>\n");
    let failing = Some(failing(row)).filter(|text| !text.is_empty());
    for text in row.reason.iter().chain(&failing) {
        let _ = writeln!(page, "<tr class=\"why\"><td colspan=\"10\">{}</td></tr>", markup(text));
    }
}
