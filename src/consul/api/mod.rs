//! The agent's HTTP API by area: paths, typed calls, and what is sent and answered. Nowhere else is a path spelled.

pub mod acl;
pub mod agent;
mod answers;
pub mod catalog;
pub mod config;
pub mod connect;
pub mod health;
pub mod internal;
pub mod kv;
pub(super) mod path;
pub mod policies;

pub use answers::of_answer;
pub use path::Path;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_one_segment() {
        assert_eq!(agent::service("a/b?c d%").as_str(), "/v1/agent/service/a%2Fb%3Fc%20d%25");
        assert_eq!(agent::service("my gw*?a=b:1").as_str(), "/v1/agent/service/my%20gw%2A%3Fa=b:1");
        assert_eq!(catalog::node("bücher").as_str(), "/v1/catalog/node/b%C3%BCcher");
    }

    #[test]
    fn only_idempotent_writes_may_be_repeated() {
        for path in [
            agent::register(),
            agent::deregister("gw"),
            catalog::register(),
            catalog::deregister(),
            config::write(),
            config::entry("mesh", "mesh"),
        ] {
            assert!(path.may_repeat(), "{path}");
        }
        assert!(!Path::fixed("/v1/acl/token").may_repeat());
    }

    #[test]
    fn lists_of_instances_may_be_longer_than_other_answers() {
        for path in [
            agent::services(),
            catalog::gateway_services("gw"),
            catalog::node("n"),
            health::service("web"),
            internal::node("n"),
            internal::nodes(),
            internal::instances_behind("gw"),
        ] {
            assert!(path.grows(), "{path}");
        }
        assert!(!agent::itself().grows() && !config::kind("mesh").grows());
    }
}
