//! Commands of Consul's that are not part of termgate: each is refused with the `consul` command that does it.

use super::Name;
use crate::commands::companion::Failure;

/// A command that is not part of termgate.
#[derive(Debug)]
pub struct Outside {
    /// Its name.
    pub path: &'static [&'static str],
    /// What does the same here; empty if nothing does.
    instead: &'static str,
    /// Whether termgate has a command of this name, which another name than `consul` means.
    is_also_ours: bool,
}

impl Outside {
    const fn new(path: &'static [&'static str]) -> Self {
        Self { path, instead: "", is_also_ours: false }
    }

    const fn instead(self, instead: &'static str) -> Self {
        Self { instead, ..self }
    }

    const fn also_ours(self) -> Self {
        Self { is_also_ours: true, ..self }
    }

    /// What is said when it is asked for.
    pub fn refusal(&self) -> Failure {
        let path = self.path.join(" ");
        let message =
            format!("`{path}` is not part of termgate: use `consul {path}` of a Consul installation");
        match self.instead {
            "" => Failure::new(message),
            instead => Failure::new(format!("{message}, or {instead}")),
        }
    }
}

/// The command of this name.
pub fn named(path: &[&str], name: Name) -> Option<&'static Outside> {
    let is_refused = |outside: &&Outside| name == Name::Consul || !outside.is_also_ours;
    COMMANDS.iter().find(|outside| outside.path == path).filter(is_refused)
}

/// Their names.
pub fn paths() -> impl Iterator<Item = &'static [&'static str]> {
    COMMANDS.iter().map(|outside| outside.path)
}

const COMMANDS: &[Outside] = &[
    Outside::new(&["acl", "auth-method"]),
    Outside::new(&["acl", "binding-rule"]),
    Outside::new(&["acl", "role"]),
    Outside::new(&["acl", "rules"]),
    Outside::new(&["acl", "templated-policy"]),
    Outside::new(&["acl", "translate-rules"]),
    Outside::new(&["agent"]),
    Outside::new(&["connect", "ca"]),
    Outside::new(&["connect", "expose"]).instead("`termgate config write` with an ingress-gateway entry"),
    Outside::new(&["connect", "proxy"]).instead("`termgate run` for a terminating gateway"),
    Outside::new(&["connect", "redirect-traffic"]),
    Outside::new(&["debug"]).instead("`termgate doctor` for what concerns a gateway"),
    Outside::new(&["event"]),
    Outside::new(&["exec"]),
    Outside::new(&["force-leave"]),
    Outside::new(&["join"]),
    Outside::new(&["keygen"]),
    Outside::new(&["keyring"]),
    Outside::new(&["kv", "export"]).instead("`termgate kv get -recurse`"),
    Outside::new(&["kv", "import"]).instead("`termgate kv put`"),
    Outside::new(&["leave"]),
    Outside::new(&["license"]),
    Outside::new(&["lock"]).instead("`termgate kv put -acquire` with a session"),
    Outside::new(&["maint"]).instead("`termgate deregister` for a gateway"),
    Outside::new(&["monitor"]).instead("the log of `termgate run`"),
    Outside::new(&["namespace"]),
    Outside::new(&["operator"]),
    Outside::new(&["partition"]),
    Outside::new(&["peering"]),
    Outside::new(&["reload"]).also_ours(),
    Outside::new(&["resource"]),
    Outside::new(&["rtt"]),
    Outside::new(&["services", "export"]).instead("`termgate config write` with an exported-services entry"),
    Outside::new(&["services", "exported-services"])
        .instead("`termgate config read -kind exported-services -name default`"),
    Outside::new(&["services", "imported-services"]),
    Outside::new(&["snapshot"]).also_ours(),
    Outside::new(&["tls"]),
    Outside::new(&["troubleshoot"])
        .instead("`termgate doctor` or `termgate explain` for what concerns a gateway"),
    Outside::new(&["watch"]).instead("`termgate run`, which watches all that a gateway depends on"),
];
