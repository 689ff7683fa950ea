//! go-sockaddr address templates such as `{{ GetInterfaceIP "eth0" }}:8443`.
//!
//! Consul runs the values of `-address`, `-wan-address` and `-bind-address` through these before it reads them as
//! addresses. Everything here is a function of a given [`Interfaces`] value; `system::interfaces` collects the real
//! host's.

mod advice;
mod attribute;
mod functions;
mod interfaces;
mod math;
mod network;
mod rfc;
mod select;
mod sort;

pub use advice::{RendersToNothing, candidates, describe, has, instead, ipv4_forms};
pub use interfaces::{Interface, InterfaceFlag, Interfaces};
pub use network::Network;

pub use crate::gotemplate::TemplateError;

/// Renders an address template. Text without `{{` comes back as it is.
pub fn render(template: &str, interfaces: &Interfaces) -> Result<String, TemplateError> {
    functions::render(template, interfaces)
}

/// Whether an address lies in the ranges of RFC 6890, which go-sockaddr calls private.
pub fn is_private(ip: std::net::IpAddr) -> bool {
    rfc::covers(rfc::PRIVATE, &Network::host(ip))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::interfaces::Element;
    use super::sort::{Key, sort};
    use super::*;
    use crate::gotemplate::Phase;

    fn flag() -> impl Strategy<Value = InterfaceFlag> {
        prop::sample::select(vec![
            InterfaceFlag::Up,
            InterfaceFlag::Broadcast,
            InterfaceFlag::Loopback,
            InterfaceFlag::PointToPoint,
            InterfaceFlag::Multicast,
            InterfaceFlag::Running,
        ])
    }

    fn network() -> impl Strategy<Value = Network> {
        let ip = prop_oneof![
            any::<std::net::Ipv4Addr>().prop_map(std::net::IpAddr::from),
            any::<std::net::Ipv6Addr>().prop_map(std::net::IpAddr::from),
        ];
        (ip, 0_u8..=128).prop_filter_map("a prefix that fits", |(ip, prefix)| Network::new(ip, prefix))
    }

    prop_compose! {
        fn interface()(
            name in "[a-z]{0,3}[0-9.]{0,2}",
            index in any::<u32>(),
            flags in prop::collection::vec(flag(), 0..4),
            addresses in prop::collection::vec(network(), 0..9),
        ) -> Interface {
            Interface { name, index, mtu: 1500, hardware_address: String::new(), flags, addresses }
        }
    }

    prop_compose! {
        fn host()(
            interfaces in prop::collection::vec(interface(), 0..6),
            default in prop::option::of("[a-z]{0,3}"),
        ) -> Interfaces {
            Interfaces { default_interface: default, interfaces }
        }
    }

    /// Templates that get past the parser often enough to reach the functions.
    fn template() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec![
            "GetAllInterfaces",
            "GetPrivateInterfaces",
            "GetPublicInterfaces",
            "GetDefaultInterfaces",
            "GetPrivateIP",
            "GetPublicIPs",
            "GetInterfaceIPs",
            "include",
            "exclude",
            "sort",
            "unique",
            "limit",
            "offset",
            "math",
            "attr",
            "join",
            "|",
            "|",
            "|",
            "(",
            ")",
            "\"name\"",
            "\"network\"",
            "\"rfc\"",
            "\"size\"",
            "\"type\"",
            "\"flags\"",
            "\"address\"",
            "\"-private,size\"",
            "\"mask\"",
            "\"+1\"",
            "\"-3\"",
            "\"24\"",
            "\"[\"",
            "\"10.0.0.0/8|::/0\"",
            "\"6890\"",
            "\"up|forwardable\"",
            "\"ipv4\"",
            "\" \"",
            "1",
            "-2",
            ".",
            "$",
            "nil",
            "index",
            "slice",
            "len",
            "printf",
            "print",
            ".Name",
            "{{",
            "}}",
            "range",
            "if",
            "else",
            "end",
            "with",
        ]);
        prop_oneof![
            any::<String>(),
            ".{0,20}\\{\\{.{0,40}\\}\\}.{0,10}",
            prop::collection::vec(word, 1..12).prop_map(|words| format!("{{{{ {} }}}}", words.join(" "))),
        ]
    }

    proptest! {
        #[test]
        fn no_template_and_no_host_panics(template in template(), host in host()) {
            let _ = render(&template, &host);
        }

        #[test]
        fn typical_pipelines_render_or_say_why(
            host in host(),
            selector in prop::sample::select(vec!["name", "address", "network", "rfc", "size", "type", "flags", "port"]),
            parameter in "[a-z0-9./:|+^$-]{0,12}",
            keys in "[-+]?(address|default|name|port|private|size|type)(,-?(address|private|size|type)){0,2}",
            value in "[-+]?[0-9]{0,20}",
        ) {
            let template = format!(
                "{{{{ GetAllInterfaces | include {selector:?} {parameter:?} | sort {keys:?} | math \"network\" {value:?} | \
                 unique \"address\" | join \"last_usable\" \",\" }}}}"
            );
            if let Err(error) = render(&template, &host) {
                prop_assert_eq!(error.phase, Phase::Execute);
                prop_assert!(!error.message.is_empty());
            }
        }

        #[test]
        fn sorting_keeps_every_element(host in host(), keys in "-?(address|private|size)") {
            let mut sorted = host.elements();
            sort(&host, &Key::parse_list(&keys).unwrap(), &mut sorted);
            let order = |element: &Element| (element.interface, element.network.to_string());
            let mut before: Vec<_> = host.elements().iter().map(order).collect();
            let mut after: Vec<_> = sorted.iter().map(order).collect();
            before.sort();
            after.sort();
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn text_without_actions_comes_back_as_it_is() {
        for text in ["", "10.9.0.2:8443", "}} stray", "100% %s"] {
            assert_eq!(render(text, &Interfaces::default()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn errors_name_line_and_column() {
        let error = render("10.9.0.2\n{{ GetIP }}", &Interfaces::default()).unwrap_err();
        assert_eq!(error.to_string(), "2:4: function \"GetIP\" not defined");
        let error = render("{{ GetAllInterfaces | sort \"bogus\" }}", &Interfaces::default()).unwrap_err();
        assert_eq!((error.phase, error.line, error.column), (Phase::Execute, 1, 23));
    }
}
