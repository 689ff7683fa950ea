//! The command line of `connect envoy`.

use std::ffi::OsString;

use super::go_flags::{self, FlagError, Page};
use crate::settings::connect_envoy::{FLAGS, Words};
use crate::settings::options::Typed;

/// Reads the words after `connect envoy`.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<(Typed, Words), FlagError> {
    let parsed = go_flags::parse_os(FLAGS, arguments)?;
    Ok((parsed.typed, Words { arguments: parsed.rest, are_marked: parsed.terminated }))
}

/// What its help says.
pub fn page() -> Page {
    Page {
        about: "Start Envoy for a gateway, as `consul connect envoy`",
        usage: "termgate connect envoy -gateway=terminating [flags] [-- Envoy arguments]",
        summary: "Registers a terminating gateway (-register) and starts Envoy for it, or prints Envoy's bootstrap (-bootstrap).\n\
                  Accepts the command line of `consul connect envoy`. For other kinds of proxies, use Consul's.",
        flags: FLAGS.to_vec(),
        examples: &[
            "termgate connect envoy -gateway=terminating -register -address 10.0.0.5:8443",
            "termgate connect envoy -gateway=terminating -bootstrap",
            "termgate connect envoy -gateway=terminating -- --log-level debug",
        ],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{go_flags::help, page};
    use crate::settings::connect_envoy::FLAGS;

    #[test]
    fn no_flag_is_defined_twice() {
        let names: Vec<_> = FLAGS.iter().copied().flatten().map(|flag| flag.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    #[test]
    fn the_help_fits_a_terminal_and_lists_refused_flags() {
        assert!(help(&page()).contains("-sidecar-for"));
        let widest = help(&page()).lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{widest:?}");
    }
}
