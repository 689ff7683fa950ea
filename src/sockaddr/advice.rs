//! What a message says about a host when a template found no address on it.

use super::functions::render;
use super::interfaces::Interfaces;

/// Why `address eval` has nothing to print.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the template `{template}` renders to nothing\n  this host has {interfaces}\n  what gives an address here: \
     {candidates}"
)]
pub struct RendersToNothing {
    /// The template.
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
}

/// Lists the interfaces with state and addresses, for a message.
pub fn describe(interfaces: &Interfaces) -> String {
    if interfaces.interfaces.is_empty() { "no interfaces".to_owned() } else { interfaces.to_string() }
}

/// Lists the simple templates that give one address on this host, and which, for a message.
pub fn candidates(interfaces: &Interfaces) -> String {
    let names = || interfaces.interfaces.iter().map(|interface| interface.name.as_str());
    let by_name = names().map(|name| {
        // A name is an unanchored pattern: `eth1` matches `eth10` as well.
        let alone = names().filter(|other| other.contains(name)).count() == 1;
        let pattern = if alone { name.to_owned() } else { format!("^{name}$") };
        format!("{{{{ GetInterfaceIP {pattern:?} }}}}")
    });
    let general = ["{{ GetPrivateIP }}", "{{ GetPublicIP }}"].map(str::to_owned);
    let found: Vec<String> = general
        .into_iter()
        .chain(by_name)
        .filter_map(|template| match render(&template, interfaces) {
            Ok(address) if !address.is_empty() => Some(format!("`{template}` ({address})")),
            _ => None,
        })
        .collect();
    if found.is_empty() {
        "nothing: there is no address that other hosts could reach".to_owned()
    } else {
        found.join(", ")
    }
}
