//! Describes a host for the message when a template finds no address on it.

use std::net::IpAddr;

use super::functions::render;
use super::interfaces::Interfaces;

/// Why `address eval` has nothing to print.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template `{template}` renders to nothing")]
pub struct RendersToNothing {
    pub template: String,
    /// The host's interfaces and addresses.
    pub interfaces: String,
    /// Templates that give an address on this host.
    pub candidates: String,
}

impl RendersToNothing {
    /// Explains an empty result.
    pub fn new(template: &str, interfaces: &Interfaces) -> Self {
        Self {
            template: template.to_owned(),
            interfaces: describe(interfaces),
            candidates: candidates(interfaces),
        }
    }

    /// What to write instead, and what there is.
    pub fn hints(&self) -> [String; 2] {
        [instead(&self.candidates), has(&self.interfaces)]
    }
}

/// The hint with the templates that give an address.
pub fn instead(candidates: &str) -> String {
    if candidates.is_empty() {
        return "no template gives an address of this host that other hosts can reach".to_owned();
    }
    format!("an address of this host gives {candidates}")
}

/// The hint with the addresses of a host.
pub fn has(interfaces: &str) -> String {
    format!("this host has {interfaces}")
}

/// Lists the interfaces with state and addresses, for a message.
pub fn describe(interfaces: &Interfaces) -> String {
    if interfaces.interfaces.is_empty() { "no interfaces".to_owned() } else { interfaces.to_string() }
}

/// Lists the simple templates that give one address on this host, and which, for a message; empty if none does.
pub fn candidates(interfaces: &Interfaces) -> String {
    let address = |template: &String| -> Option<IpAddr> { render(template, interfaces).ok()?.parse().ok() };
    let is_ipv4 = |template: &String| address(template).is_some_and(|ip| ip.is_ipv4());
    let by_name = interfaces.interfaces.iter().flat_map(|interface| {
        let name = pattern(&interface.name, interfaces);
        let simple = format!("{{{{ GetInterfaceIP {name} }}}}");
        // The first address of a host with both families may be an IPv6 one, which needs brackets before a port.
        let ipv4 = of_type(&format!("GetAllInterfaces | include \"name\" {name}"));
        let reachable = |ip: IpAddr| matches!(ip, IpAddr::V4(ip) if !ip.is_loopback() && !ip.is_link_local());
        let other = (!is_ipv4(&simple) && address(&ipv4).is_some_and(reachable)).then_some(ipv4);
        [Some(simple), other].into_iter().flatten()
    });
    let general = ["{{ GetPrivateIP }}", "{{ GetPublicIP }}"].map(str::to_owned);
    let found: Vec<(IpAddr, String)> = general
        .into_iter()
        .chain(by_name)
        .filter_map(|template| address(&template).map(|address| (address, template)))
        .collect();
    let has_ipv4 = found.iter().any(|(address, _)| address.is_ipv4());
    let shown: Vec<String> = found
        .iter()
        .filter(|(address, _)| address.is_ipv4() || !has_ipv4)
        .map(|(address, template)| format!("`{template}` ({address})"))
        .collect();
    shown.join(", ")
}

/// A name as a pattern, quoted. Patterns are unanchored: `eth1` matches `eth10` as well.
fn pattern(name: &str, interfaces: &Interfaces) -> String {
    let alone = interfaces.interfaces.iter().filter(|other| other.name.contains(name)).count() == 1;
    if alone { format!("{name:?}") } else { format!("{:?}", format!("^{name}$")) }
}

/// The template with the first IPv4 address of a list.
fn of_type(list: &str) -> String {
    format!("{{{{ {list} | include \"type\" \"IPv4\" | attr \"address\" }}}}")
}

/// What may be meant where `value` gives an IPv6 address or several addresses, `found`: the same with the first IPv4
/// address, best first. None of it has been tried.
pub fn ipv4_forms(value: &str, found: &[IpAddr], interfaces: &Interfaces) -> Vec<String> {
    let Some((before, inner, after)) = only_action(value) else { return Vec::new() };
    let is_bracketed = before.ends_with('[') && after.starts_with(']');
    let before = if is_bracketed { before.trim_end_matches('[') } else { before };
    let after = if is_bracketed { after.trim_start_matches(']') } else { after };
    let owners = found.iter().filter_map(|ip| {
        let owner =
            interfaces.interfaces.iter().find(|one| one.addresses.iter().any(|own| own.ip() == *ip))?;
        Some(owner.name.as_str())
    });
    // Whoever names an interface wants none but that.
    let names_one = !["GetPrivate", "GetPublic", "GetDefault"].iter().any(|general| inner.contains(general));
    let default = interfaces.default_interface.as_deref().filter(|_| !names_one);
    let by_name = owners
        .chain(default)
        .map(|name| format!("GetAllInterfaces | include \"name\" {}", pattern(name, interfaces)));
    let lists = list_of(inner).into_iter().chain(by_name);
    lists.map(|list| format!("{before}{}{after}", of_type(&list))).collect()
}

/// The parts of a value before, in and after its action, if it has one alone.
fn only_action(value: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = value.split_once("{{")?;
    let (inner, after) = rest.split_once("}}")?;
    (!after.contains("{{")).then(|| (before, inner.trim_matches(['-', ' ', '\t', '\n']), after))
}

/// The list that a pipeline takes its addresses from.
fn list_of(pipeline: &str) -> Option<String> {
    let (before, stage) = match last_pipe(pipeline) {
        Some(at) => (Some(pipeline.get(..at)?.trim()), pipeline.get(at + 1..)?.trim()),
        None => (None, pipeline),
    };
    let (function, argument) = stage.split_once(char::is_whitespace).unwrap_or((stage, ""));
    match (before, function) {
        (None, "GetInterfaceIP" | "GetInterfaceIPs") => {
            Some(format!("GetAllInterfaces | include \"name\" {}", argument.trim()))
        }
        (None, "GetPrivateIP" | "GetPrivateIPs") => Some("GetPrivateInterfaces".to_owned()),
        (None, "GetPublicIP" | "GetPublicIPs") => Some("GetPublicInterfaces".to_owned()),
        (Some(list), "attr" | "join") => Some(list.to_owned()),
        _ => None,
    }
}

/// Where the last `|` outside quotes and parentheses is.
fn last_pipe(pipeline: &str) -> Option<usize> {
    let (mut quote, mut depth, mut last) = (None, 0_u32, None);
    let mut characters = pipeline.char_indices();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (Some('"' | '\''), '\\') => drop(characters.next()),
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, '|') if depth == 0 => last = Some(at),
            (Some(_) | None, _) => {}
        }
    }
    last
}
