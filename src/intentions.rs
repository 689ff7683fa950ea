//! Which intention decides whether a source may reach a linked service, and how.
//!
//! One rule for all: `render` makes Envoy's RBAC out of [`Rules`], `explain` and `intentions check` ask
//! [`Rules::decide`]. Consul: of the intentions that match source and destination, the one with the
//! highest precedence decides alone; exactness of the destination counts before that of the source.

mod re2;
mod sources;
pub mod words;

pub use re2::{Expressions, example, literal_prefix};

use std::borrow::Cow;
use std::cmp::Reverse;

use serde_json::{Map, Value};

pub use sources::{Names, Sources};

use crate::snapshot::{
    Intention, IntentionAction, IntentionPermission, PermissionHeader, PermissionHttp, ServiceName, Snapshot,
    folded,
};

/// Who wants to reach a linked service, as its certificate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Source<'a> {
    /// Service name.
    pub name: &'a str,
    /// Enterprise namespace; empty: `default`.
    pub namespace: &'a str,
    /// Enterprise partition; empty: `default`.
    pub partition: &'a str,
    /// Cluster peer the source lives in; empty: this cluster.
    pub peer: &'a str,
}

impl<'a> Source<'a> {
    /// The service `name` of this cluster, in the default namespace.
    pub fn named(name: &'a str) -> Self {
        Self { name, ..Self::default() }
    }
}

/// What an HTTP client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// `GET`, …
    pub method: &'a str,
    /// Path, possibly with a query, which does not count.
    pub path: &'a str,
    /// Header names and values.
    pub headers: &'a [(&'a str, &'a str)],
}

/// How a connection or request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It passes.
    Allow,
    /// It is refused.
    Deny,
    /// It depends on the request, and none was given (or its expressions are beyond this tool).
    DependsOnRequest,
}

impl From<IntentionAction> for Verdict {
    fn from(action: IntentionAction) -> Self {
        match action {
            IntentionAction::Allow => Self::Allow,
            IntentionAction::Deny => Self::Deny,
        }
    }
}

/// What made the verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason<'a> {
    /// No intention matches: the default policy.
    Default,
    /// The action of this intention.
    Action(&'a Intention),
    /// This intention's permission of that index (from 0) matches the request.
    Permission(&'a Intention, usize),
    /// This intention decides requests, and none of its permissions matches: the default policy.
    NoPermission(&'a Intention),
    /// This intention decides requests, but the service speaks tcp: Consul denies.
    RequestsOnTcp(&'a Intention),
    /// This intention cannot be enforced: the whole service is closed.
    Closed(&'a Intention, Closed<'a>),
}

/// Why an intention closes its destination for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed<'a> {
    /// It asks for a JWT, which termgate cannot check.
    Jwt,
    /// Envoy would refuse the whole listener because of this expression, header name or method.
    Refused {
        /// The text.
        text: &'a str,
        /// What is wrong with it, as the end of a sentence about it.
        reason: &'static str,
    },
}

impl<'a> Reason<'a> {
    /// The deciding intention, if it is not the default policy alone.
    pub fn intention(&self) -> Option<&'a Intention> {
        match *self {
            Self::Default => None,
            Self::Action(intention)
            | Self::Permission(intention, _)
            | Self::NoPermission(intention)
            | Self::RequestsOnTcp(intention)
            | Self::Closed(intention, _) => Some(intention),
        }
    }
}

/// A verdict with its reason.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision<'a> {
    /// How it ends.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason<'a>,
}

/// What an intention does to the connections of its source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect<'a> {
    /// The same for all of them.
    Action(IntentionAction),
    /// The first permission that matches a request decides it.
    Requests(&'a [IntentionPermission]),
}

/// The intentions on one destination, strongest first, with the default policy.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    intentions: Vec<&'a Intention>,
    default: IntentionAction,
    has_requests: bool,
}

/// All intentions, found by their destination.
#[derive(Debug, Default)]
pub struct Index<'a> {
    /// With the destination's name in lower case, by that; those of one destination strongest first.
    sorted: Vec<(Cow<'a, str>, &'a Intention)>,
}

impl<'a> Index<'a> {
    /// Indexes `intentions`.
    pub fn new(intentions: &'a [Intention]) -> Self {
        let named = |intention: &'a Intention| (folded(&intention.destination_name), intention);
        let mut sorted: Vec<(Cow<'_, str>, &Intention)> = intentions.iter().map(named).collect();
        sorted.sort_by(|(name_a, a), (name_b, b)| (name_a, strength(a)).cmp(&(name_b, strength(b))));
        Self { sorted }
    }

    /// The intentions on `destination`, whatever their case; `has_requests` says whether it speaks HTTP in any form.
    pub fn rules(
        &self,
        destination: &ServiceName,
        default: IntentionAction,
        has_requests: bool,
    ) -> Rules<'a> {
        // An intention on `*` is weaker than any on the name itself, so the order stays.
        let (exact, wide) = (self.named(&folded(&destination.name)), self.named("*"));
        let mut intentions = Vec::with_capacity(exact.len() + wide.len());
        intentions.extend(
            exact
                .iter()
                .chain(wide)
                .map(|(_, intention)| *intention)
                .filter(|intention| matches_namespace(&intention.destination_ns, &destination.namespace)),
        );
        Rules { intentions, default, has_requests }
    }

    fn named(&self, destination: &str) -> &[(Cow<'a, str>, &'a Intention)] {
        let start = self.sorted.partition_point(|(name, _)| name.as_ref() < destination);
        let rest = self.sorted.get(start..).unwrap_or_default();
        let end = rest.partition_point(|(name, _)| name.as_ref() == destination);
        rest.get(..end).unwrap_or_default()
    }
}

/// Sorts strongest first; Consul breaks ties by the names.
fn strength(intention: &Intention) -> (Reverse<u8>, &str, &str) {
    (Reverse(precedence(intention)), or_default(&intention.source_ns), &intention.source_name)
}

impl<'a> Rules<'a> {
    /// The intentions of `snapshot` on the linked service `destination`.
    pub fn of(snapshot: &'a Snapshot, destination: &ServiceName) -> Self {
        let has_requests = snapshot.protocol(&destination.name).has_requests();
        Index::new(&snapshot.intentions).rules(destination, snapshot.default_intention, has_requests)
    }

    /// The intentions, strongest first.
    pub fn intentions(&self) -> &[&'a Intention] {
        &self.intentions
    }

    /// What happens where no intention matches.
    pub fn default_action(&self) -> IntentionAction {
        self.default
    }

    /// What `intention` does to the connections of its source.
    ///
    /// Consul: permissions on a tcp service deny everything of that source. An intention with neither
    /// action nor permissions, which Consul never stores, denies too.
    pub fn effect(&self, intention: &'a Intention) -> Effect<'a> {
        match (intention.permissions.as_slice(), intention.action) {
            ([], Some(action)) => Effect::Action(action),
            ([_, ..], _) if self.has_requests => Effect::Requests(&intention.permissions),
            _ => Effect::Action(IntentionAction::Deny),
        }
    }

    /// The first intention that cannot be enforced, if any.
    pub fn closed(&self) -> Option<(&'a Intention, Closed<'a>)> {
        self.intentions.iter().find_map(|intention| {
            let permissions = &intention.permissions;
            let jwts = permissions.iter().map(|permission| &permission.jwt).chain([&intention.jwt]);
            if jwts.flatten().any(asks_for_jwt) {
                return Some((*intention, Closed::Jwt));
            }
            let (text, reason) =
                permissions.iter().filter(|_| self.has_requests).find_map(|found| refused(&found.http))?;
            Some((*intention, Closed::Refused { text, reason }))
        })
    }

    /// Whether `source` gets through, with `request` if it is an HTTP request.
    pub fn decide(&self, source: Source<'_>, request: Option<Request<'_>>) -> Decision<'a> {
        if let Some((intention, why)) = self.closed() {
            return Decision { verdict: Verdict::Deny, reason: Reason::Closed(intention, why) };
        }
        let Some(intention) =
            self.intentions.iter().copied().find(|intention| matches_source(intention, source))
        else {
            return Decision { verdict: self.default.into(), reason: Reason::Default };
        };
        let permissions = match self.effect(intention) {
            Effect::Requests(permissions) => permissions,
            Effect::Action(action) if intention.permissions.is_empty() => {
                return Decision { verdict: action.into(), reason: Reason::Action(intention) };
            }
            Effect::Action(action) => {
                return Decision { verdict: action.into(), reason: Reason::RequestsOnTcp(intention) };
            }
        };
        let unknown =
            Decision { verdict: Verdict::DependsOnRequest, reason: Reason::NoPermission(intention) };
        let Some(request) = request else { return unknown };
        let matched = first_match(permissions, request, &Expressions::default());
        match matched {
            Matched::Unknown => unknown,
            Matched::Permission(index, permission) => {
                Decision { verdict: permission.action.into(), reason: Reason::Permission(intention, index) }
            }
            Matched::Nothing => {
                Decision { verdict: self.default.into(), reason: Reason::NoPermission(intention) }
            }
        }
    }
}

/// What decides a request among the permissions of an intention.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Matched<'a> {
    /// This permission, at that place (from 0).
    Permission(usize, &'a IntentionPermission),
    /// None of them: the default policy.
    Nothing,
    /// Unknown: an expression cannot be evaluated here.
    Unknown,
}

/// The first of `permissions` that matches `request`.
pub fn first_match<'a>(
    permissions: &'a [IntentionPermission],
    request: Request<'_>,
    expressions: &Expressions,
) -> Matched<'a> {
    for (index, permission) in permissions.iter().enumerate() {
        match matches_request(&permission.http, request, expressions) {
            Some(true) => return Matched::Permission(index, permission),
            Some(false) => {}
            None => return Matched::Unknown,
        }
    }
    Matched::Nothing
}

/// The precedence of an intention by the exactness of its names, 9 (exact to exact) down to 1.
///
/// Consul prints the same number as `Precedence`; it is computed here, so that a snapshot written by hand
/// needs none.
pub fn precedence(intention: &Intention) -> u8 {
    let wildness = |namespace: &str, name: &str| match (namespace, name) {
        ("*", _) => 2,
        (_, "*") => 1,
        _ => 0,
    };
    let destination = wildness(&intention.destination_ns, &intention.destination_name);
    let source = wildness(&intention.source_ns, &intention.source_name);
    9 - 3 * destination - source
}

/// Whether `intention` is about `source`.
pub fn matches_source(intention: &Intention, source: Source<'_>) -> bool {
    matches_name(&intention.source_name, source.name)
        && matches_namespace(&intention.source_ns, source.namespace)
        && or_default(&intention.source_partition) == or_default(source.partition)
        && intention.source_peer == source.peer
}

fn matches_name(pattern: &str, name: &str) -> bool {
    pattern == "*" || pattern == name
}

fn matches_namespace(pattern: &str, namespace: &str) -> bool {
    pattern == "*" || or_default(pattern) == or_default(namespace)
}

/// A namespace or partition; the community edition leaves it empty or calls it `default`.
pub fn or_default(name: &str) -> &str {
    if name.is_empty() { "default" } else { name }
}

/// What of `http` Envoy would refuse, if anything, and why.
fn refused(http: &PermissionHttp) -> Option<(&str, &'static str)> {
    let is_bad_name = |name: &str| name.is_empty() || name.contains(['\0', '\r', '\n']);
    for header in &http.header {
        if is_bad_name(&header.name) {
            return Some((&header.name, "is not the name of a header"));
        }
    }
    let mut expressions = http.header.iter().map(|header| &header.regex).chain([&http.path_regex]);
    let refused = expressions.find_map(|text| Some((text.as_str(), re2::refusal(text)?)));
    let no_method = || http.methods.iter().find(|method| method.is_empty());
    refused.or_else(|| Some((no_method()?.as_str(), "is not a method")))
}

/// Consul: without a provider there is nothing to check.
fn asks_for_jwt(jwt: &Value) -> bool {
    let is_none = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let has_none = |fields: &Map<String, Value>| fields.get("Providers").is_none_or(is_none);
    !jwt.is_null() && !jwt.as_object().is_some_and(has_none)
}

/// Whether `request` has all that `http` asks for; nothing if an expression cannot be evaluated here.
fn matches_request(http: &PermissionHttp, request: Request<'_>, expressions: &Expressions) -> Option<bool> {
    let path = request.path.split(['?', '#']).next().unwrap_or_default();
    if !http.path_exact.is_empty() && http.path_exact != path {
        return Some(false);
    }
    if !http.path_prefix.is_empty() && !path.starts_with(&http.path_prefix) {
        return Some(false);
    }
    if !http.path_regex.is_empty() && !expressions.matches_whole(&http.path_regex, path)? {
        return Some(false);
    }
    for header in &http.header {
        if !matches_header(header, request.headers, expressions)? {
            return Some(false);
        }
    }
    Some(http.methods.is_empty() || http.methods.iter().any(|method| method == request.method))
}

/// Envoy: a match holds if it holds for one of the header's values, and its opposite if it holds for none; a missing
/// header has no value, and so neither holds.
///
/// Envoy before 1.38 (and 1.34.13, 1.35.9, 1.36.5, 1.37.1) takes several values for one text, joined by commas.
fn matches_header(
    matcher: &PermissionHeader,
    headers: &[(&str, &str)],
    expressions: &Expressions,
) -> Option<bool> {
    let values: Vec<&str> = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(&matcher.name))
        .map(|(_, value)| *value)
        .collect();
    let fold = |text: &str| if matcher.ignore_case { text.to_ascii_lowercase() } else { text.to_owned() };
    let any = |holds: &dyn Fn(&str) -> bool| values.iter().any(|value| holds(&fold(value)));
    let holds = if !matcher.exact.is_empty() {
        let exact = fold(&matcher.exact);
        any(&|value| value == exact)
    } else if !matcher.prefix.is_empty() {
        let prefix = fold(&matcher.prefix);
        any(&|value| value.starts_with(&prefix))
    } else if !matcher.suffix.is_empty() {
        let suffix = fold(&matcher.suffix);
        any(&|value| value.ends_with(&suffix))
    } else if !matcher.contains.is_empty() {
        let part = fold(&matcher.contains);
        any(&|value| value.contains(&part))
    } else if !matcher.regex.is_empty() {
        let each = values.iter().map(|value| expressions.matches_whole(&matcher.regex, value));
        each.collect::<Option<Vec<bool>>>()?.contains(&true)
    } else {
        return Some(values.is_empty() == matcher.invert);
    };
    Some(!values.is_empty() && holds != matcher.invert)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Closed, Decision, Index, Reason, Request, Rules, Source, Verdict, precedence};
    use crate::snapshot::{Intention, IntentionAction, ServiceName};

    fn intention(source: &str, destination: &str, rest: &serde_json::Value) -> Intention {
        let mut value = json!({"SourceName": source, "DestinationName": destination});
        value.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        serde_json::from_value(value).unwrap()
    }

    fn allow() -> serde_json::Value {
        json!({"Action": "allow"})
    }

    fn deny() -> serde_json::Value {
        json!({"Action": "deny"})
    }

    fn rules(intentions: &[Intention]) -> Rules<'_> {
        let destination = ServiceName { name: "db".into(), ..ServiceName::default() };
        Index::new(intentions).rules(&destination, IntentionAction::Deny, true)
    }

    fn verdict(decision: Decision<'_>) -> Verdict {
        decision.verdict
    }

    #[test]
    fn exactness_of_the_destination_counts_before_that_of_the_source() {
        let intentions = [intention("*", "db", &deny()), intention("batch", "*", &allow())];
        let decision = rules(&intentions).decide(Source::named("batch"), None);
        assert_eq!(decision.reason, Reason::Action(&intentions[0]));
        assert_eq!(decision.verdict, Verdict::Deny);
    }

    #[test]
    fn the_exact_source_wins_and_others_get_the_default() {
        let intentions = [intention("web", "db", &allow()), intention("web", "*", &deny())];
        let rules = rules(&intentions);
        assert_eq!(verdict(rules.decide(Source::named("web"), None)), Verdict::Allow);
        let other = rules.decide(Source::named("api"), None);
        assert_eq!((other.verdict, other.reason), (Verdict::Deny, Reason::Default));
    }

    #[test]
    fn a_destination_is_found_whatever_its_case_and_a_source_only_as_it_is_spelled() {
        let intentions = [
            intention("web", "DB", &allow()),
            intention("api", "Db", &allow()),
            intention("*", "db", &deny()),
        ];
        let rules = rules(&intentions);
        assert_eq!(rules.intentions().len(), 3);
        assert_eq!(verdict(rules.decide(Source::named("web"), None)), Verdict::Allow);
        assert_eq!(verdict(rules.decide(Source::named("Web"), None)), Verdict::Deny);
    }

    #[test]
    fn precedence_is_consuls_number() {
        assert_eq!(precedence(&intention("web", "db", &allow())), 9);
        assert_eq!(precedence(&intention("*", "db", &allow())), 8);
        assert_eq!(precedence(&intention("web", "*", &allow())), 6);
        assert_eq!(precedence(&intention("*", "*", &allow())), 5);
        let everything = intention("*", "*", &json!({"SourceNS": "*", "DestinationNS": "*"}));
        assert_eq!(precedence(&everything), 1);
    }

    #[test]
    fn the_first_permission_that_matches_decides() {
        let permissions = json!({"Permissions": [
            {"Action": "deny", "HTTP": {"PathPrefix": "/admin"}},
            {"Action": "allow", "HTTP": {"PathRegex": "/v[0-9]+/.*", "Methods": ["GET"]}},
        ]});
        let intentions = [intention("web", "db", &permissions)];
        let rules = rules(&intentions);
        let ask =
            |method, path| rules.decide(Source::named("web"), Some(Request { method, path, headers: &[] }));
        assert_eq!(ask("GET", "/admin/x").reason, Reason::Permission(&intentions[0], 0));
        assert_eq!(verdict(ask("GET", "/v1/items?x=/admin")), Verdict::Allow);
        assert_eq!(ask("POST", "/v1/items").reason, Reason::NoPermission(&intentions[0]));
        assert_eq!(verdict(rules.decide(Source::named("web"), None)), Verdict::DependsOnRequest);
    }

    #[test]
    fn permissions_on_a_tcp_service_deny() {
        let intentions = [intention("web", "db", &json!({"Permissions": [{"Action": "allow"}]}))];
        let destination = ServiceName { name: "db".into(), ..ServiceName::default() };
        let rules = Index::new(&intentions).rules(&destination, IntentionAction::Allow, false);
        let decision = rules.decide(Source::named("web"), None);
        assert_eq!(
            (decision.verdict, decision.reason),
            (Verdict::Deny, Reason::RequestsOnTcp(&intentions[0]))
        );
    }

    #[test]
    fn a_jwt_closes_the_service_for_everyone_if_it_names_a_provider() {
        let of = |jwt: serde_json::Value| {
            let permissions = json!([{"Action": "allow", "JWT": jwt}]);
            let all = [json!({"Action": "allow", "JWT": jwt}), json!({"Permissions": permissions})];
            all.map(|rest| {
                let intentions = [intention("web", "db", &rest)];
                rules(&intentions).closed().is_some()
            })
        };
        assert_eq!(of(json!({"Providers": [{"Name": "okta"}]})), [true; 2]);
        assert_eq!(of(json!({"Providers": {}})), [true; 2], "not what Consul sends");
        assert_eq!(of(json!([])), [true; 2], "not what Consul sends");
        for none in [json!({"Providers": []}), json!({"Providers": null}), json!({})] {
            assert_eq!(of(none), [false; 2]);
        }
    }

    #[test]
    fn only_intentions_that_envoy_would_refuse_close_the_service() {
        let verdict_of = |http: serde_json::Value| {
            let intentions =
                [intention("web", "db", &json!({"Permissions": [{"Action": "allow", "HTTP": http}]}))];
            let request = Request { method: "GET", path: "/a", headers: &[] };
            let decision = rules(&intentions).decide(Source::named("web"), Some(request));
            (decision.verdict, matches!(decision.reason, Reason::Closed(_, Closed::Refused { .. })))
        };
        for http in [
            json!({"PathRegex": "/(a"}),
            json!({"PathRegex": "/a{1,2000}"}),
            json!({"PathRegex": "/\\u0061"}),
            json!({"PathPrefix": "/", "Header": [{"Name": ""}]}),
            json!({"PathPrefix": "/", "Methods": ["GET", ""]}),
        ] {
            assert_eq!(verdict_of(http.clone()), (Verdict::Deny, true), "{http}");
        }
        assert_eq!(verdict_of(json!({"PathRegex": "/[a-z]{1,3}"})), (Verdict::Allow, false));
        assert_eq!(verdict_of(json!({"PathRegex": "/\\pL+"})), (Verdict::DependsOnRequest, false));
    }

    #[test]
    fn a_missing_header_matches_neither_a_value_nor_its_opposite() {
        let header = |rest: serde_json::Value| {
            let mut header = json!({"Name": "X-A"});
            header.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            [intention(
                "web",
                "db",
                &json!({"Permissions": [{"Action": "allow", "HTTP": {"Header": [header]}}]}),
            )]
        };
        let ask = |intentions: &[Intention], headers: &[(&str, &str)]| {
            let request = Request { method: "GET", path: "/", headers };
            verdict(rules(intentions).decide(Source::named("web"), Some(request)))
        };
        let not_blue = header(json!({"Exact": "blue", "Invert": true}));
        assert_eq!(ask(&not_blue, &[]), Verdict::Deny);
        assert_eq!(ask(&not_blue, &[("x-a", "red")]), Verdict::Allow);
        assert_eq!(ask(&not_blue, &[("x-a", "red"), ("x-a", "blue")]), Verdict::Deny);
        let red = header(json!({"Exact": "red"}));
        assert_eq!(ask(&red, &[("x-a", "red"), ("x-a", "blue")]), Verdict::Allow);
        assert_eq!(ask(&red, &[("x-a", "red,blue")]), Verdict::Deny);
        let absent = header(json!({"Present": true, "Invert": true}));
        assert_eq!(ask(&absent, &[]), Verdict::Allow);
        assert_eq!(
            ask(&header(json!({"Exact": "BLUE", "IgnoreCase": true})), &[("x-a", "blue")]),
            Verdict::Allow
        );
    }

    #[test]
    fn a_peer_is_not_the_service_of_the_same_name_here() {
        let intentions = [intention("web", "db", &json!({"Action": "allow", "SourcePeer": "east"}))];
        assert_eq!(rules(&intentions).decide(Source::named("web"), None).reason, Reason::Default);
        let peer = Source { peer: "east", ..Source::named("web") };
        assert_eq!(verdict(rules(&intentions).decide(peer, None)), Verdict::Allow);
    }
}
