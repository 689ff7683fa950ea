//! What `-address`, `-wan-address` and `-bind-address` mean on a host.
//!
//! The rules are Consul's, but what Consul registers although it cannot work is an error here: a template that
//! renders to nothing, a port out of range, a text that is neither address nor name.

mod findings;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::consul_version::{ConsulVersion, Release};
use crate::finding::Finding;
use crate::sockaddr::{self, InterfaceFlag, Interfaces};

use super::host_port::{self, Host, SplitError};

pub use crate::snapshot::ServiceAddress;
pub use findings::{AddressError, AddressFlag, Ipv4Form};

/// The flags as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressFlags {
    /// `-address`: where other services in the datacenter reach the gateway.
    pub lan: Option<String>,
    /// Whether that is of a service definition: Consul does not ask then whether it is this host's.
    pub lan_is_defined: bool,
    /// `-wan-address`: where other datacenters reach it.
    pub wan: Option<String>,
    /// Every `-bind-address`, as `name=address`, in order.
    pub bind: Vec<String>,
    /// Whether Proxy.Config says where Envoy listens (`envoy_gateway_bind_addresses` and its kin): the LAN address need
    /// not be this host's then, and nothing is added.
    pub binds_by_config: bool,
}

/// The gateway's addresses, ready to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayAddresses {
    /// The service's own address. Without one the text is empty and Consul uses the node's.
    pub lan: ServiceAddress,
    /// The tagged address `wan`.
    pub wan: Option<ServiceAddress>,
    /// Listeners by name (`envoy_gateway_bind_addresses`); then there is no default one.
    pub bind: BTreeMap<String, ServiceAddress>,
    /// Whether Envoy listens on the tagged addresses (`envoy_gateway_bind_tagged_addresses`) instead of the default
    /// one: when LAN and WAN address are both this host's and there is no `-bind-address`.
    pub binds_tagged_addresses: bool,
    /// What works and is likely not meant.
    pub findings: Vec<Finding>,
}

/// The port of an address that names none: 443 before Consul 1.9, else 8443, also where the version is not known.
pub fn default_port(version: Option<&ConsulVersion>) -> u16 {
    if version.is_none_or(|version| version.at_least(Release(1, 9, 0))) { 8443 } else { 443 }
}

/// Whether a process on this host can listen on the address: Consul takes only addresses of the host's interfaces,
/// up or down, and neither names nor wildcards.
pub fn is_bindable(address: &str, interfaces: &Interfaces) -> bool {
    address.parse().is_ok_and(|ip| interfaces.owns(ip))
}

/// Renders and reads the flags.
pub fn resolve(
    flags: &AddressFlags,
    interfaces: &Interfaces,
    default_port: u16,
) -> Result<GatewayAddresses, AddressError> {
    let lan_is_defined = flags.lan_is_defined;
    let mut resolver = Resolver { interfaces, default_port, lan_is_defined, found: Vec::new() };
    let lan = match &flags.lan {
        Some(value) => resolver.lan(value, !flags.bind.is_empty() || flags.binds_by_config)?,
        None => ServiceAddress { address: String::new(), port: default_port.into() },
    };
    let wan = flags.wan.as_deref().map(|value| resolver.wan(value)).transpose()?.flatten();
    let bind = resolver.bind(&flags.bind)?;
    let bindable = |address: &ServiceAddress| is_bindable(&address.address, interfaces);
    Ok(GatewayAddresses {
        binds_tagged_addresses: bind.is_empty()
            && !flags.binds_by_config
            && bindable(&lan)
            && wan.as_ref().is_some_and(bindable),
        lan,
        wan,
        bind,
        findings: resolver.found,
    })
}

/// What is wrong with a template's result as a gateway's address, if anything. A result without a port is an address, too.
pub fn judge(template: &str, interfaces: &Interfaces) -> Result<(), AddressError> {
    const FLAG: AddressFlag = AddressFlag::Template;
    // The port does not matter: it is not part of the answer.
    let resolver =
        Resolver { interfaces, default_port: default_port(None), lan_is_defined: false, found: Vec::new() };
    let lone = match sockaddr::render(template, interfaces) {
        Ok(rendered) if !ends_with_own_port(template, &rendered) => rendered.parse::<IpAddr>().ok(),
        _ => None,
    };
    let host = match lone {
        Some(ip) => ip.to_string(),
        None => resolver.read(FLAG, template)?.address,
    };
    match Host::of(&host) {
        Host::Ip(ip) if ip.is_unspecified() => {
            Err(not_an_address(FLAG, &host, "is a wildcard, which only --bind-address takes"))
        }
        Host::Ip(_) => Ok(()),
        Host::Name => Err(not_an_address(
            FLAG,
            &host,
            "is a host name, which only --wan-address takes, and --address beside --bind-address",
        )),
        Host::Invalid if host.is_empty() => Err(not_an_address(FLAG, &host, "has no host")),
        Host::Invalid => Err(not_an_address(FLAG, &host, NEITHER)),
    }
}

struct Resolver<'a> {
    interfaces: &'a Interfaces,
    default_port: u16,
    lan_is_defined: bool,
    found: Vec<Finding>,
}

impl Resolver<'_> {
    fn lan(&mut self, value: &str, elsewhere: bool) -> Result<ServiceAddress, AddressError> {
        const FLAG: AddressFlag = AddressFlag::Lan;
        let lan = self.read(FLAG, value)?;
        if lan.address.is_empty() {
            // A definition without an address is the rule.
            if !self.lan_is_defined {
                self.found.push(findings::no_address(FLAG));
            }
            return Ok(lan);
        }
        if !elsewhere && !is_bindable(&lan.address, self.interfaces) {
            let address = lan.address.clone();
            let refusal =
                AddressError::NotBindable { address, interfaces: sockaddr::describe(self.interfaces) };
            if !self.lan_is_defined || Host::of(&lan.address) == Host::Invalid {
                return Err(refusal);
            }
            self.found.push(findings::defined_elsewhere(&lan.address));
        }
        match Host::of(&lan.address) {
            Host::Ip(ip) if ip.is_unspecified() => {
                return Err(not_an_address(
                    FLAG,
                    &lan.address,
                    "is a wildcard, which clients cannot connect to",
                ));
            }
            Host::Ip(ip) => self.look_twice(FLAG, ip),
            Host::Name => {}
            Host::Invalid => return Err(not_an_address(FLAG, &lan.address, NEITHER)),
        }
        Ok(lan)
    }

    fn wan(&mut self, value: &str) -> Result<Option<ServiceAddress>, AddressError> {
        const FLAG: AddressFlag = AddressFlag::Wan;
        let wan = self.read(FLAG, value)?;
        if wan.address.is_empty() {
            self.found.push(findings::no_address(FLAG));
            return Ok(None);
        }
        match Host::of(&wan.address) {
            Host::Ip(ip) if ip.is_unspecified() => {
                self.found.push(findings::wildcard_wan(&wan.address));
            }
            Host::Ip(ip) => {
                if !sockaddr::is_private(ip) {
                    self.found.push(findings::public_wan(&wan.address));
                }
                self.look_twice(FLAG, ip);
            }
            Host::Name => {}
            Host::Invalid => return Err(not_an_address(FLAG, &wan.address, NEITHER)),
        }
        Ok(Some(wan))
    }

    /// Splits at the first `=`; the name is not a template.
    fn bind(&mut self, values: &[String]) -> Result<BTreeMap<String, ServiceAddress>, AddressError> {
        const FLAG: AddressFlag = AddressFlag::Bind;
        let mut bind = BTreeMap::new();
        for value in values {
            let Some((name, value)) = value.split_once('=') else {
                return Err(AddressError::MissingName(value.clone()));
            };
            let address = self.read(FLAG, value)?;
            let Host::Ip(ip) = Host::of(&address.address) else {
                return Err(not_an_address(
                    FLAG,
                    &address.address,
                    "is not an IP address; Envoy listens on those only",
                ));
            };
            if bind.insert(name.to_owned(), address).is_some() {
                self.found.push(findings::bind_name_twice(name));
            }
            if !ip.is_unspecified() && !self.interfaces.owns(ip) {
                self.found.push(findings::foreign_bind_address(name, ip));
            }
        }
        let mut taken: BTreeMap<(Option<IpAddr>, u32), &str> = BTreeMap::new();
        for (name, address) in &bind {
            if let Some(first) = taken.insert((address.address.parse().ok(), address.port), name) {
                return Err(AddressError::ListenTwice {
                    first: first.to_owned(),
                    second: name.clone(),
                    address: format!("{} port {}", address.address, address.port),
                });
            }
        }
        Ok(bind)
    }

    /// Renders a value and splits it; the address is empty only where the value itself has none.
    fn read(&self, flag: AddressFlag, value: &str) -> Result<ServiceAddress, AddressError> {
        let rendered = sockaddr::render(value, self.interfaces).map_err(|source| AddressError::Template {
            flag,
            template: value.to_owned(),
            source,
        })?;
        let (host, port) = match host_port::split(&rendered) {
            Ok((host, port)) => (host, port),
            // Alone, it must be an IP address, and an IPv4 one: the others have colons.
            Err(SplitError::MissingPort) if rendered.parse::<IpAddr>().is_ok() => (rendered.as_str(), ""),
            Err(why) => return Err(self.refuse(flag, value, &rendered, why)),
        };
        let port = match port {
            "" => self.default_port,
            port => {
                host_port::port(port).ok_or_else(|| AddressError::Port { flag, port: port.to_owned() })?
            }
        };
        if host.is_empty() && value.contains("{{") {
            return Err(self.renders_to_nothing(flag, value, &rendered));
        }
        if let Some(error) = self.several(flag, value, host) {
            return Err(error);
        }
        Ok(ServiceAddress { address: host.to_owned(), port: port.into() })
    }

    /// Explains why a rendered value cannot be split.
    fn refuse(&self, flag: AddressFlag, value: &str, rendered: &str, why: SplitError) -> AddressError {
        if rendered.trim().is_empty() && value.contains("{{") {
            return self.renders_to_nothing(flag, value, rendered);
        }
        if let Some(error) = self.several(flag, value, rendered) {
            return error;
        }
        if let Some(remedy) = self.with_brackets(value, rendered) {
            let ipv4 = self.ipv4_form(value, rendered);
            return AddressError::Ipv6WithoutBrackets { flag, rendered: rendered.to_owned(), remedy, ipv4 };
        }
        if why == SplitError::MissingPort {
            return not_an_address(
                flag,
                rendered,
                "is not an IP address, and a name needs a port: host:port",
            );
        }
        AddressError::Split { flag, rendered: rendered.to_owned(), why }
    }

    /// The value with brackets, if that is all that is missing.
    fn with_brackets(&self, value: &str, rendered: &str) -> Option<String> {
        let is_ipv6 = |text: &str| text.parse::<std::net::Ipv6Addr>().is_ok();
        let bare = rendered.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if bare.is_some_and(is_ipv6) {
            return Some(format!("{value}:{}", self.default_port));
        }
        match value.rsplit_once(':') {
            Some((host, port)) if ends_with_own_port(value, rendered) => Some(format!("[{host}]:{port}")),
            _ => is_ipv6(rendered).then(|| format!("[{value}]:{}", self.default_port)),
        }
    }

    /// The value with an IPv4 address instead of what `rendered` has, if this host has one.
    fn ipv4_form(&self, value: &str, rendered: &str) -> Option<Ipv4Form> {
        let found: Vec<IpAddr> = words(rendered).flat_map(addresses_in).collect();
        let forms = sockaddr::ipv4_forms(value, &found, self.interfaces).into_iter();
        let gives = |value: String| {
            let rendered = sockaddr::render(&value, self.interfaces).ok()?;
            let host = match host_port::split(&rendered) {
                Ok((host, port)) if port.is_empty() || host_port::port(port).is_some() => host,
                Err(SplitError::MissingPort) => &rendered,
                _ => return None,
            };
            let address = host.parse().ok().filter(|address: &Ipv4Addr| !address.is_unspecified())?;
            Some(Ipv4Form { value, address })
        };
        forms.filter_map(gives).min_by_key(|form| form.address.is_loopback() || form.address.is_link_local())
    }

    fn several(&self, flag: AddressFlag, value: &str, rendered: &str) -> Option<AddressError> {
        let words: Vec<&str> = words(rendered).collect();
        let is_list = words.len() > 1 && words.iter().all(|word| addresses_in(word).next().is_some());
        is_list.then(|| AddressError::SeveralAddresses {
            flag,
            value: value.to_owned(),
            found: words.join(", "),
            ipv4: self.ipv4_form(value, rendered),
            candidates: sockaddr::candidates(self.interfaces),
        })
    }

    fn renders_to_nothing(&self, flag: AddressFlag, value: &str, rendered: &str) -> AddressError {
        AddressError::RendersToNothing {
            flag,
            template: value.to_owned(),
            rendered: rendered.to_owned(),
            interfaces: sockaddr::describe(self.interfaces),
            candidates: sockaddr::candidates(self.interfaces),
        }
    }

    fn look_twice(&mut self, flag: AddressFlag, ip: IpAddr) {
        if ip.is_loopback() {
            self.found.push(findings::loopback(flag, ip));
        }
        let owner = self
            .interfaces
            .interfaces
            .iter()
            .find(|interface| interface.addresses.iter().any(|network| network.ip() == ip));
        if owner.is_some_and(|interface| !interface.has(InterfaceFlag::Up)) {
            self.found.push(findings::interface_down(flag, ip));
        }
    }
}

/// Whether the port of a template's result stands in the template itself, behind an IPv6 address: `{{ … }}:8443`.
fn ends_with_own_port(value: &str, rendered: &str) -> bool {
    let Some((host, port)) = value.rsplit_once(':').filter(|(host, _)| host.contains("{{")) else {
        return false;
    };
    let bare = || rendered.strip_suffix(port)?.strip_suffix(':')?.parse::<Ipv6Addr>().ok();
    host.ends_with("}}") && host_port::port(port).is_some() && bare().is_some()
}

fn words(rendered: &str) -> impl Iterator<Item = &str> {
    rendered.split([' ', '\t', '\n', ',']).filter(|word| !word.is_empty())
}

/// What the address of a word may be: `fd00::2:8443` is an address, or one with a port.
fn addresses_in(word: &str) -> impl Iterator<Item = IpAddr> {
    let without_port = word.rsplit_once(':').map(|(host, _)| host);
    [Some(word), without_port].into_iter().flatten().filter_map(|text| text.parse().ok())
}

const NEITHER: &str = "is neither an IP address nor a host name";

fn not_an_address(flag: AddressFlag, address: &str, why: &'static str) -> AddressError {
    AddressError::NotAnAddress { flag, address: address.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;

    fn host() -> Interfaces {
        Interfaces::from_json(
            br#"{"default_interface":"eth0","interfaces":[
              {"name":"lo","index":1,"flags":["up","loopback"],"addrs":["127.0.0.1/8","::1/128"]},
              {"name":"eth0","index":2,"flags":["up","broadcast"],"addrs":["10.9.0.2/24","2001:db8:9::2/64"]},
              {"name":"wlan0","index":3,"flags":["broadcast"],"addrs":["192.168.1.7/24"]}]}"#,
        )
        .unwrap()
    }

    fn lan(value: &str) -> Result<GatewayAddresses, AddressError> {
        resolve(&AddressFlags { lan: Some(value.to_owned()), ..AddressFlags::default() }, &host(), 8443)
    }

    fn refusal(value: &str) -> String {
        lan(value).unwrap_err().to_string()
    }

    #[test]
    fn a_template_without_an_address_lists_possible_matches() {
        let hints = lan(r#"{{ GetInterfaceIP "lo" }}:8443"#).unwrap_err().hints().join("\n");
        assert!(hints.contains("eth0: 10.9.0.2/24"), "{hints}");
        assert!(hints.contains(r#"`{{ GetInterfaceIP "eth0" }}` (10.9.0.2)"#), "{hints}");
        assert!(hints.contains("wlan0 (down): 192.168.1.7/24"), "{hints}");
    }

    #[test]
    fn several_addresses_are_listed() {
        let message = refusal("{{ GetPrivateIPs }}:8443");
        assert!(message.contains("several addresses: 10.9.0.2, 192.168.1.7"), "{message}");
    }

    #[test]
    fn ipv6_without_brackets_is_answered_with_brackets() {
        let ipv6 =
            r#"{{ GetAllInterfaces | include "type" "ipv6" | include "name" "eth0" | attr "address" }}"#;
        assert!(refusal(&format!("{ipv6}:9000")).contains(&format!("`[{ipv6}]:9000`")));
        assert!(refusal("2001:db8:9::2").contains("`[2001:db8:9::2]:8443`"));
        assert!(refusal("[2001:db8:9::2]").contains("`[2001:db8:9::2]:8443`"));
    }

    /// Its IPv4 address is a documentation network's, which go-sockaddr does not forward: IPv6 comes first.
    fn dual_stack() -> Interfaces {
        Interfaces::from_json(
            br#"{"default_interface":"eth0","interfaces":[
              {"name":"lo","index":1,"flags":["up","loopback"],"addrs":["127.0.0.1/8","::1/128"]},
              {"name":"eth0","index":2,"flags":["up","broadcast"],"addrs":["192.0.2.2/24","fd00::2/64"]},
              {"name":"eth01","index":3,"flags":["up"],"addrs":["fd00:1::3/64","fe80::3/64"]}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn an_ipv6_address_or_a_list_is_answered_with_the_template_for_ipv4() {
        let flags = |value: &str| AddressFlags { lan: Some(value.to_owned()), ..AddressFlags::default() };
        let ipv4 = |list: &str| format!(r#"{{{{ {list} | include "type" "IPv4" | attr "address" }}}}"#);
        let named = ipv4(r#"GetAllInterfaces | include "name" "eth0""#);
        let owner = ipv4(r#"GetAllInterfaces | include "name" "^eth0$""#);
        for (value, expected) in [
            (r#"{{ GetInterfaceIP "eth0" }}:8443"#, format!("{named}:8443")),
            (r#"{{GetInterfaceIP "eth0"}}"#, named.clone()),
            (r#"[{{ GetInterfaceIP "eth0" }}]"#, named.clone()),
            (r#"{{ GetInterfaceIPs "eth0" }}:8443"#, format!("{named}:8443")),
            // No list has the IPv4 address, but the interface does.
            ("{{ GetPrivateIP }}:8443", format!("{owner}:8443")),
            (r#"{{ "^eth0$" | GetInterfaceIP }}:8443"#, format!("{owner}:8443")),
            (
                r#"{{ GetAllInterfaces | exclude "name" "lo|x" | join "address" " " }}:8443"#,
                format!("{}:8443", ipv4(r#"GetAllInterfaces | exclude "name" "lo|x""#)),
            ),
            (
                r#"{{ GetAllInterfaces | sort "-type" | attr "address" }}:8443"#,
                // Loopback comes last.
                format!("{}:8443", ipv4(r#"GetAllInterfaces | sort "-type""#)),
            ),
        ] {
            let host = dual_stack();
            let hints = resolve(&flags(value), &host, 8443).unwrap_err().hints();
            let resolved = resolve(&flags(&expected), &host, 8443).map(|addresses| addresses.lan);
            let address = resolved.unwrap().address;
            assert_eq!(hints, [format!("for the IPv4 address {address}, write `{expected}`")], "{value}");
        }
        // Where there is no IPv4 address, what there is.
        let hints =
            resolve(&flags(r#"{{ GetInterfaceIPs "eth01" }}:1"#), &dual_stack(), 8443).unwrap_err().hints();
        assert!(hints.concat().contains(&format!("`{owner}` (192.0.2.2)")), "{hints:?}");
        assert!(!hints.concat().contains("fd00"), "{hints:?}");
    }

    #[test]
    fn invalid_addresses_are_reported() {
        for (template, what) in [
            ("hello", "`hello` is not an IP address"),
            ("two words", "`two words` is not an IP address"),
            ("gw.example", "needs a port"),
            ("gw.example:8443", "`gw.example` is a host name"),
            ("10.9.2:8443", "`10.9.2` is neither"),
            (" 10.9.0.2:8443", "` 10.9.0.2` is neither"),
            ("10.9.0.2:99999", "`99999` is not a valid port"),
            ("10.9.0.2:http", "`http` is not a valid port"),
            ("0.0.0.0:8443", "`0.0.0.0` is a wildcard"),
            ("[::]:8443", "`::` is a wildcard"),
            ("::", "`::` is a wildcard"),
            (":8443", "has no host"),
            (r#"{{ GetInterfaceIP "lo" }}:8443"#, "renders to `:8443`, without an address"),
            ("{{ GetPrivateIPs }}:8443", "gives several addresses: 10.9.0.2, 192.168.1.7"),
            ("{{ GetPrivateIPs }}", "gives several addresses"),
            (r#"{{ GetAllInterfaces | include "type" "ipv6" | attr "address" }}:1"#, "needs brackets"),
        ] {
            let found = judge(template, &host()).unwrap_err().to_string();
            assert!(found.starts_with("not an address: ") && found.contains(what), "{template}: {found}");
        }
        for template in [
            "10.9.0.2",
            "10.9.0.2:8443",
            "10.9.0.2:",
            "[2001:db8:9::2]:1",
            "2001:db8:9::2",
            "8.8.8.8:53",
            "{{ GetPrivateIP }}",
        ] {
            assert_eq!(judge(template, &host()), Ok(()), "{template}");
        }
    }

    #[test]
    fn addresses_of_other_hosts_need_a_bind_address() {
        assert!(matches!(lan("192.0.2.10:8443"), Err(AddressError::NotBindable { .. })));
        let flags = AddressFlags {
            lan: Some("192.0.2.10:8443".to_owned()),
            bind: vec!["a=10.9.0.2:8443".to_owned()],
            ..AddressFlags::default()
        };
        assert_eq!(resolve(&flags, &host(), 8443).unwrap().lan.address, "192.0.2.10");
    }

    #[test]
    fn probably_unintended_addresses_are_warnings() {
        let codes = |addresses: GatewayAddresses| -> Vec<&str> {
            addresses.findings.iter().map(|finding| finding.code.as_str()).collect()
        };
        for (value, expected) in [
            (":8443", vec!["no-address"]),
            ("127.0.0.1:8443", vec!["loopback-address"]),
            ("192.168.1.7:8443", vec!["interface-down"]),
            ("10.9.0.2:8443", vec![]),
        ] {
            assert_eq!(codes(lan(value).unwrap()), expected, "{value}");
        }
        for (value, expected) in [
            ("8.8.8.8:443", vec!["public-wan-address"]),
            ("0.0.0.0:443", vec!["wildcard-wan-address"]),
            ("gw.example.com:443", vec![]),
        ] {
            let flags = AddressFlags { wan: Some(value.to_owned()), ..AddressFlags::default() };
            assert_eq!(codes(resolve(&flags, &host(), 8443).unwrap()), expected, "{value}");
        }
        let bind = ["a=10.9.0.2:1", "a=192.0.2.1:1"].map(str::to_owned).to_vec();
        let flags = AddressFlags { bind, ..AddressFlags::default() };
        let found = resolve(&flags, &host(), 8443).unwrap();
        assert_eq!(found.findings[0].subject, "--bind-address");
        assert_eq!(codes(found), ["bind-name-twice", "foreign-bind-address"]);
    }

    #[test]
    fn each_error_is_a_finding_about_its_flag() {
        let found = |value: &str| lan(value).unwrap_err().finding();
        for (value, code) in [
            ("{{ x", "template-fails"),
            (r#"{{ GetInterfaceIP "lo" }}:8443"#, "empty-template"),
            ("{{ GetPrivateIPs }}:8443", "several-addresses"),
            ("2001:db8:9::2", "ipv6-without-brackets"),
            ("0.0.0.0:8443", "address-of-another-host"),
            ("10.9.0.2:99999", "bad-port"),
            ("10.9.0.2 :8443", "address-of-another-host"),
            ("a:b:c", "bad-address"),
        ] {
            let finding = found(value);
            assert_eq!((finding.code.as_str(), finding.subject.as_str()), (code, "--address"), "{value}");
            assert!(finding.is_failure());
        }
        let bind = |values: &[&str]| {
            let bind = values.iter().map(|value| (*value).to_owned()).collect();
            resolve(&AddressFlags { bind, ..AddressFlags::default() }, &host(), 8443).unwrap_err().finding()
        };
        assert_eq!(bind(&["10.9.0.2:1"]).code, Code::UnnamedListener);
        assert_eq!(bind(&["a=10.9.0.2:1", "b=10.9.0.2:1"]).code, Code::ListenersClash);
    }

    #[test]
    fn both_addresses_of_this_host_are_listened_on() {
        let flags = |lan: &str, wan: &str| AddressFlags {
            lan: Some(lan.to_owned()),
            wan: Some(wan.to_owned()),
            ..AddressFlags::default()
        };
        let tagged = |lan, wan| resolve(&flags(lan, wan), &host(), 8443).unwrap().binds_tagged_addresses;
        assert!(tagged("10.9.0.2:8443", "127.0.0.1:9443"));
        assert!(!tagged("10.9.0.2:8443", "198.51.100.7:9443"));
    }

    #[test]
    fn two_listeners_cannot_share_an_address() {
        let flags = AddressFlags {
            bind: vec!["a=10.9.0.2:1".to_owned(), "b=10.9.0.2:1".to_owned()],
            ..AddressFlags::default()
        };
        assert!(matches!(resolve(&flags, &host(), 443), Err(AddressError::ListenTwice { .. })));
    }

    #[test]
    fn the_default_port_follows_the_version() {
        for (version, expected) in [("1.8.7", 443), ("1.9.0+ent", 8443), ("2.0.0", 8443)] {
            assert_eq!(default_port(version.parse().ok().as_ref()), expected, "{version}");
        }
        assert_eq!(default_port(None), 8443);
        assert_eq!(lan("10.9.0.2").unwrap().lan.port, 8443);
    }
}
