//! Whether a source gets through to a service: what its intentions decide, on the request as Envoy shows it to them.

use super::RenderOptions;
use super::mesh::MeshConfig;
use crate::envoy_api::Underscores;
use crate::intentions::{Decision, Index, Request, Source, Verdict};
use crate::snapshot::{Part, Protocol, ServiceName, Snapshot, Unreadable};

/// A connection or request to a linked service.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Who.
    pub source: Source<'a>,
    /// To which service.
    pub service: &'a ServiceName,
    /// The request as the client spells it, if it is known. It does not count if the service speaks tcp.
    pub request: Option<Request<'a>>,
}

/// What becomes of an [`Attempt`].
#[derive(Debug, Clone, PartialEq)]
pub struct Access<'a> {
    /// How it ends.
    pub verdict: Verdict,
    /// What the intentions decide.
    pub decision: Decision<'a>,
    /// Why something else than the intentions refuses it.
    pub obstacle: Option<Obstacle<'a>>,
    /// What the service speaks.
    pub protocol: Protocol,
    /// The path as intentions see it, if there is a request.
    pub seen_path: Option<String>,
}

/// What refuses an attempt although intentions allow it, or before they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle<'a> {
    /// Envoy answers such a path itself, with status 400 or a redirect.
    Path,
    /// Envoy answers a header with `_` in its name with status 400.
    Header,
    /// Something that decides was not understood, so the service is closed.
    Unreadable(&'a Unreadable),
}

/// Finds out what becomes of `attempt`, as [`render`](super::render()) has Envoy enforce it.
pub fn access<'a>(snapshot: &'a Snapshot, options: &RenderOptions, attempt: Attempt<'_>) -> Access<'a> {
    Evaluator::new(snapshot, options).access(attempt)
}

/// Evaluates many attempts on one state of Consul.
#[derive(Debug)]
pub struct Evaluator<'a> {
    snapshot: &'a Snapshot,
    intentions: Index<'a>,
    mesh: MeshConfig,
}

impl<'a> Evaluator<'a> {
    /// Reads what decides.
    pub fn new(snapshot: &'a Snapshot, options: &RenderOptions) -> Self {
        Self {
            snapshot,
            intentions: Index::new(&snapshot.intentions),
            mesh: MeshConfig::of(snapshot, options, &mut Vec::new()),
        }
    }

    /// What becomes of `attempt`.
    pub fn access(&self, attempt: Attempt<'_>) -> Access<'a> {
        let Attempt { source, service, request } = attempt;
        let Self { snapshot, intentions, mesh } = self;
        let snapshot: &'a Snapshot = snapshot;
        let protocol = snapshot.protocol(&service.name);
        let rules = intentions.rules(service, snapshot.default_intention, protocol.has_requests());
        let mut obstacle =
            snapshot.unreadable.iter().find(|lost| closes(lost, &service.name)).map(Obstacle::Unreadable);
        let request = request.filter(|_| protocol.has_requests());
        let mut seen_path = None;
        let decision = match request {
            None => rules.decide(source, None),
            Some(request) => {
                let has_underscore = |(name, _): &(&str, &str)| name.contains('_');
                let (path, query) = match request.path.split_once('?') {
                    Some((path, query)) => (path, Some(query)),
                    None => (request.path, None),
                };
                // Envoy: a fragment gets status 400.
                let seen = if request.path.contains('#') { None } else { mesh.paths.seen(path) };
                let is_refused = mesh.underscores == Some(Underscores::RejectRequest)
                    && request.headers.iter().any(has_underscore);
                match seen {
                    Some(seen) if !is_refused => {
                        let kept: Vec<(&str, &str)> = request
                            .headers
                            .iter()
                            .copied()
                            .filter(|header| mesh.underscores.is_none() || !has_underscore(header))
                            .collect();
                        let seen = seen_path.insert(seen);
                        let whole = query.map(|query| format!("{seen}?{query}"));
                        let path = whole.as_deref().unwrap_or(seen);
                        rules.decide(source, Some(Request { method: request.method, path, headers: &kept }))
                    }
                    seen => {
                        obstacle =
                            obstacle.or(Some(if seen.is_none() { Obstacle::Path } else { Obstacle::Header }));
                        rules.decide(source, None)
                    }
                }
            }
        };
        let verdict = if obstacle.is_some() { Verdict::Deny } else { decision.verdict };
        Access { verdict, decision, obstacle, protocol, seen_path }
    }
}

/// Whether the service `name` is closed because of what was not understood.
pub(super) fn closes(lost: &Unreadable, name: &str) -> bool {
    match lost.part {
        Part::Leaf | Part::ServiceDefaults => lost.service == name,
        Part::ServiceResolver | Part::Intention => {
            lost.service == "*" || lost.service.eq_ignore_ascii_case(name)
        }
        // One instance is left out, and a link closes no other service.
        Part::Instance | Part::Link => false,
    }
}

impl Obstacle<'_> {
    /// What it is, as a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Path => {
                "Envoy refuses or redirects such a path itself, before intentions are asked".to_owned()
            }
            Self::Header => {
                "Envoy refuses headers with `_` in their name (HeadersWithUnderscoresAction of the mesh entry)"
                    .to_owned()
            }
            Self::Unreadable(lost) => {
                format!("the {} has an unexpected form ({}), so the service is closed", lost.part, lost.reason)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Attempt, Obstacle, access};
    use crate::intentions::{Request, Source, Verdict};
    use crate::render::RenderOptions;
    use crate::snapshot::{ServiceName, Snapshot};

    fn snapshot(mesh: &Value) -> Snapshot {
        serde_json::from_value(json!({
            "Format": 1, "DefaultIntention": "deny", "Mesh": mesh,
            "ServiceDefaults": {"web": {"Name": "web", "Protocol": "http"}},
            "Intentions": [{"SourceName": "shop", "DestinationName": "web", "Permissions": [
                {"Action": "deny", "HTTP": {"PathPrefix": "/admin"}},
                {"Action": "deny", "HTTP": {"Header": [{"Name": "x_bad", "Present": true}]}},
                {"Action": "allow", "HTTP": {"PathPrefix": "/"}},
            ]}, {"SourceName": "shop", "DestinationName": "db", "Action": "allow"}],
        }))
        .unwrap()
    }

    fn ask(
        mesh: &Value,
        source: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> (Verdict, Option<String>, bool) {
        let snapshot = snapshot(mesh);
        let service = ServiceName { name: "web".into(), ..ServiceName::default() };
        let request = Some(Request { method: "GET", path, headers });
        let attempt = Attempt { source: Source::named(source), service: &service, request };
        let access = access(&snapshot, &RenderOptions::default(), attempt);
        (access.verdict, access.seen_path, access.obstacle.is_some())
    }

    #[test]
    fn a_path_is_judged_as_intentions_see_it() {
        let none = json!(null);
        let seen = |path: &str| Some(path.to_owned());
        assert_eq!(ask(&none, "shop", "/x/../admin?y=1", &[]), (Verdict::Deny, seen("/admin"), false));
        assert_eq!(ask(&none, "shop", "/x/../y?y=/../admin", &[]), (Verdict::Allow, seen("/y"), false));
        assert_eq!(ask(&none, "shop", "/x%00", &[]), (Verdict::Deny, None, true));
        assert_eq!(ask(&none, "shop", "/x#y", &[]), (Verdict::Deny, None, true));
        let off = json!({"HTTP": {"Incoming": {"RequestNormalization": {"InsecureDisablePathNormalization": true}}}});
        assert_eq!(ask(&off, "shop", "/x/../admin", &[]), (Verdict::Allow, seen("/x/../admin"), false));
    }

    #[test]
    fn headers_with_underscores_are_kept_dropped_or_refused() {
        let with = |action: &str| json!({"HTTP": {"Incoming": {"RequestNormalization": {"HeadersWithUnderscoresAction": action}}}});
        let headers = [("x_bad", "1")];
        let seen = Some("/".to_owned());
        assert_eq!(ask(&json!(null), "shop", "/", &headers), (Verdict::Deny, seen.clone(), false));
        assert_eq!(ask(&with("DROP_HEADER"), "shop", "/", &headers), (Verdict::Allow, seen, false));
        assert_eq!(ask(&with("REJECT_REQUEST"), "shop", "/", &headers), (Verdict::Deny, None, true));
    }

    #[test]
    fn a_request_does_not_count_on_tcp_and_what_is_lost_closes() {
        let mut snapshot = snapshot(&json!(null));
        let service = ServiceName { name: "db".into(), ..ServiceName::default() };
        let request = Some(Request { method: "GET", path: "/x%00", headers: &[] });
        let attempt = Attempt { source: Source::named("shop"), service: &service, request };
        assert_eq!(access(&snapshot, &RenderOptions::default(), attempt).verdict, Verdict::Allow);
        let lost = json!([{"Part": "intention", "Service": "DB", "Reason": "x"}]);
        snapshot.unreadable = serde_json::from_value(lost).unwrap();
        let closed = access(&snapshot, &RenderOptions::default(), attempt);
        assert!(matches!(closed.obstacle, Some(Obstacle::Unreadable(_))));
        assert_eq!(closed.verdict, Verdict::Deny);
    }
}
