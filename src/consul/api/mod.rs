//! The agent's HTTP API by area: paths, typed calls, and what is sent and answered. Nowhere else is a path spelled.

pub mod agent;
pub mod catalog;
pub mod config;
pub mod connect;
pub mod health;
pub mod internal;

use std::borrow::Cow;
use std::fmt;

use crate::go::url;
use crate::snapshot::assemble::Answer;

/// What a request is about. Only this module makes one, so that the compiler finds a path that is spelled elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    text: Cow<'static, str>,
    may_repeat: bool,
    grows: bool,
}

impl Path {
    /// A path as it is.
    const fn fixed(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), may_repeat: false, grows: false }
    }

    /// `area`, which ends with a slash, and a name.
    fn named(area: &str, name: &str) -> Self {
        Self { text: Cow::Owned([area, &url::segment(name)].concat()), may_repeat: false, grows: false }
    }

    /// With a query parameter of its own.
    fn query(mut self, key: &str, value: &str) -> Self {
        let separator = if self.text.contains('?') { "&" } else { "?" };
        self.text = Cow::Owned([&*self.text, separator, key, "=", &url::value(value)].concat());
        self
    }

    /// A write that may be carried out twice: the second time changes nothing.
    ///
    /// A check-and-set among them then answers as after a conflict; see [`super::Answer::was_resent`].
    fn repeatable(self) -> Self {
        Self { may_repeat: true, ..self }
    }

    /// The answer grows with the number of instances.
    fn growing(self) -> Self {
        Self { grows: true, ..self }
    }

    /// The path, with its own query if it has one.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a write may be sent a second time.
    pub(super) const fn may_repeat(&self) -> bool {
        self.may_repeat
    }

    /// Whether the answer may be a long list.
    pub(super) const fn grows(&self) -> bool {
        self.grows
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The path that gets `answer` for the gateway with this service id and service name.
pub fn of_answer(answer: Answer<'_>, id: &str, name: &str) -> Path {
    match answer {
        Answer::AgentSelf => agent::itself(),
        Answer::AgentService => agent::service(id),
        Answer::Roots => connect::roots(),
        Answer::Entry => config::entry("terminating-gateway", name),
        Answer::Links => catalog::gateway_services(name),
        Answer::Instances(service) => health::service(service),
        Answer::Leaf(service) => connect::leaf(service),
        Answer::ServiceDefaults => config::kind("service-defaults"),
        Answer::ServiceResolvers => config::kind("service-resolver"),
        Answer::Intentions => connect::intentions(),
        Answer::ProxyDefaults => config::entry("proxy-defaults", "global"),
        Answer::Mesh => config::entry("mesh", "mesh"),
    }
}

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
    fn only_writes_that_change_nothing_the_second_time_may_be_repeated() {
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
