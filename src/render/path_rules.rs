//! Rules on paths that do not hold: a request with another spelling of the path bypasses them, or nothing matches them.
//!
//! Every bypass is found by trying: a request that the rule decides, the same request with the path spelled otherwise,
//! and what the intention says of both. So every report is true.

use std::cell::OnceCell;

use super::collector::Collector;
use super::paths::PathHandling;
use crate::envoy_api::EscapedSlashes;
use crate::finding::Code;
use crate::intentions::{Effect, Expressions, Matched, Request, Rules, example, first_match, literal_prefix};
use crate::snapshot::{Intention, IntentionAction, IntentionPermission, PermissionHeader, PermissionHttp};

/// A path that rules seldom name.
const ELSEWHERE: &str = "/x";

/// What may follow a prefix, to see whether anything can.
const ENDS: [&str; 6] = ["", "x", "/x", "x/", "/", "-"];

/// Adds findings about rules on paths that do not hold with `paths`.
pub fn check(rules: &Rules<'_>, paths: PathHandling, findings: &mut Collector<'_>) {
    if rules.closed().is_some() {
        return;
    }
    let open: Vec<Gap> = Gap::ALL.into_iter().filter(|gap| gap.is_open(paths)).collect();
    let mut found: Vec<(Gap, String, usize)> = Vec::new();
    for intention in rules.intentions() {
        let Effect::Requests(permissions) = rules.effect(intention) else { continue };
        if permissions.iter().all(|permission| !has_path(&permission.http)) {
            continue;
        }
        for permission in permissions {
            report_unmatched(intention, &permission.http, paths, findings);
        }
        let trial = Trial::of(permissions, rules.default_action(), paths);
        for gap in &open {
            let Some(text) = trial.bypass(*gap) else { continue };
            // One of each kind is enough to see what is wrong.
            if let Some((.., others)) = found.iter_mut().find(|(known, ..)| known == gap) {
                *others += 1;
            } else {
                found.push((*gap, format!("{text} ({})", about(intention)), 0));
            }
        }
    }
    for (gap, text, others) in found {
        let more = if others > 0 {
            format!("; {others} more of its intentions have the same gap")
        } else {
            String::new()
        };
        findings.push(Code::PathRuleBypass, text + &more, gap.remedy());
    }
}

fn about(intention: &Intention) -> String {
    format!("intention for `{}`", intention.source_name)
}

fn has_path(http: &PermissionHttp) -> bool {
    ![&http.path_exact, &http.path_prefix, &http.path_regex].iter().all(|path| path.is_empty())
}

/// The rule on paths, as its entry has it.
fn rule(http: &PermissionHttp) -> String {
    let parts =
        [("PathExact", &http.path_exact), ("PathPrefix", &http.path_prefix), ("PathRegex", &http.path_regex)];
    let given = parts.iter().filter(|(_, path)| !path.is_empty());
    given.map(|(key, path)| format!("{key} `{path}`")).collect::<Vec<_>>().join(" and ")
}

/// A kind of spelling that many servers take for another one, though Envoy does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// `//` for `/`
    Slashes,
    /// `%2F` for `/`
    EscapedSlashes,
    /// `/x/..` for nothing, `%61` for `a`
    NotNormalised,
}

impl Gap {
    const ALL: [Self; 3] = [Self::NotNormalised, Self::Slashes, Self::EscapedSlashes];

    fn is_open(self, paths: PathHandling) -> bool {
        match self {
            Self::Slashes => !paths.merge_slashes,
            Self::EscapedSlashes => {
                matches!(paths.escaped_slashes, None | Some(EscapedSlashes::KeepUnchanged))
            }
            Self::NotNormalised => !paths.normalize,
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Slashes => {
                "set `HTTP.Incoming.RequestNormalization.MergeSlashes = true` in the `mesh` entry (Consul 1.20.1 or \
                 newer), or allow the paths that may be reached instead"
            }
            Self::EscapedSlashes => {
                "set `HTTP.Incoming.RequestNormalization.PathWithEscapedSlashesAction = \"REJECT_REQUEST\"` in the \
                 `mesh` entry (Consul 1.20.1 or newer), or allow by PathExact alone"
            }
            Self::NotNormalised => {
                "take `InsecureDisablePathNormalization` out of the `mesh` entry, and \
                 --insecure-disable-path-normalization out of the command line"
            }
        }
    }

    /// Other spellings of `path`.
    fn spellings(self, path: &str) -> Vec<String> {
        let Some(inner) = path.strip_prefix('/') else { return Vec::new() };
        let first = inner.split('/').next().unwrap_or_default();
        let rest = inner.get(first.len()..).unwrap_or_default();
        match self {
            Self::Slashes => {
                let mut spellings = vec![format!("/{path}")];
                if let Some(rest) = rest.strip_prefix('/').filter(|rest| !rest.is_empty()) {
                    spellings.push(format!("/{first}//{rest}"));
                }
                spellings
            }
            Self::EscapedSlashes => {
                let mut spellings = vec![format!("/x/..%2F{inner}")];
                if let Some(rest) = rest.strip_prefix('/').filter(|rest| !rest.is_empty()) {
                    spellings.insert(0, format!("/{first}%2F{rest}"));
                }
                spellings
            }
            Self::NotNormalised => {
                let mut spellings = vec![format!("/x/..{path}"), format!("/.{path}")];
                if let Some(letter) = inner.chars().next().filter(char::is_ascii_alphanumeric) {
                    let rest = inner.get(1..).unwrap_or_default();
                    spellings.push(format!("/%{:02X}{rest}", u32::from(letter)));
                }
                spellings
            }
        }
    }

    /// The way from `path` to [`ELSEWHERE`].
    fn way_out(self, path: &str) -> Option<String> {
        let path = path.trim_end_matches('/');
        let depth = path.split('/').filter(|segment| !segment.is_empty()).count();
        match self {
            Self::Slashes => None,
            Self::EscapedSlashes => Some(format!("{path}/{}x", "..%2F".repeat(depth))),
            Self::NotNormalised => Some(format!("{path}{}{ELSEWHERE}", "/..".repeat(depth))),
        }
    }
}

/// A request that one permission decides.
struct Sample<'a> {
    permission: &'a IntentionPermission,
    method: &'a str,
    headers: Vec<(&'a str, String)>,
    path: String,
}

/// The permissions of an intention, and requests to try them with.
struct Trial<'a> {
    permissions: &'a [IntentionPermission],
    default: IntentionAction,
    paths: PathHandling,
    expressions: Expressions,
    /// One for each permission, made when it is first looked at.
    samples: Vec<OnceCell<Option<Sample<'a>>>>,
}

impl<'a> Trial<'a> {
    fn of(permissions: &'a [IntentionPermission], default: IntentionAction, paths: PathHandling) -> Self {
        let samples = permissions.iter().map(|_| OnceCell::new()).collect();
        Self { permissions, default, paths, expressions: Expressions::default(), samples }
    }

    /// A request for each permission on paths that is the first to decide it.
    fn samples(&self) -> impl Iterator<Item = &Sample<'a>> {
        let cells = self.samples.iter().zip(self.permissions).enumerate();
        cells.filter_map(|(index, (cell, permission))| {
            cell.get_or_init(|| self.sample(index, permission)).as_ref()
        })
    }

    fn sample(&self, index: usize, permission: &'a IntentionPermission) -> Option<Sample<'a>> {
        if !has_path(&permission.http) {
            return None;
        }
        let mut sample = sample(permission);
        // What an earlier permission decides, or no path can be, is none for this one.
        sample.path = paths_of(&permission.http).into_iter().find(|path| {
            self.paths.seen(path).is_some_and(|seen| seen == *path)
                && matches!(self.first_match(&sample, path), Matched::Permission(found, _) if found == index)
        })?;
        Some(sample)
    }

    fn first_match(&self, sample: &Sample<'_>, path: &str) -> Matched<'a> {
        let headers: Vec<(&str, &str)> =
            sample.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request = Request { method: sample.method, path, headers: &headers };
        first_match(self.permissions, request, &self.expressions)
    }

    /// What happens to the sample with `path` in the place of its own; nothing if that is not known.
    fn verdict(&self, sample: &Sample<'_>, path: &str) -> Option<IntentionAction> {
        let Some(seen) = self.paths.seen(path) else { return Some(IntentionAction::Deny) };
        match self.first_match(sample, &seen) {
            Matched::Permission(_, permission) => Some(permission.action),
            Matched::Nothing => Some(self.default),
            Matched::Unknown => None,
        }
    }

    /// What gets round a permission by `gap`, if anything does.
    fn bypass(&self, gap: Gap) -> Option<String> {
        self.samples().find_map(|sample| {
            let http = &sample.permission.http;
            if sample.permission.action == IntentionAction::Deny {
                let passes = |path: &String| self.verdict(sample, path) == Some(IntentionAction::Allow);
                let spelling = gap.spellings(&sample.path).into_iter().find(passes)?;
                return Some(format!(
                    "`{spelling}` gets past the deny on {}, and many servers take it for `{}`",
                    rule(http),
                    sample.path
                ));
            }
            let way_out = http.path_exact.is_empty().then(|| gap.way_out(&sample.path))??;
            let is_closed = self.verdict(sample, ELSEWHERE) == Some(IntentionAction::Deny);
            let passes = is_closed && self.verdict(sample, &way_out) == Some(IntentionAction::Allow);
            passes.then(|| {
                format!(
                    "`{way_out}` gets in by the permission for {}, and many servers take it for `{ELSEWHERE}`",
                    rule(http)
                )
            })
        })
    }
}

/// What a request needs beside its path for `permission`.
fn sample(permission: &IntentionPermission) -> Sample<'_> {
    let http = &permission.http;
    let headers = http.header.iter().filter_map(|header| Some((header.name.as_str(), value_for(header)?)));
    let method = http.methods.first().map_or("GET", String::as_str);
    Sample { permission, method, headers: headers.collect(), path: String::new() }
}

/// Paths that `http` may match.
fn paths_of(http: &PermissionHttp) -> Vec<String> {
    if !http.path_exact.is_empty() {
        return vec![http.path_exact.clone()];
    }
    if !http.path_prefix.is_empty() {
        return ENDS.iter().map(|end| format!("{}{end}", http.path_prefix)).collect();
    }
    example(&http.path_regex).into_iter().collect()
}

/// A value that `header` lets in; nothing if it wants the header to be missing.
fn value_for(header: &PermissionHeader) -> Option<String> {
    let texts = [&header.exact, &header.prefix, &header.suffix, &header.contains];
    let wanted = texts.into_iter().find(|text| !text.is_empty()).cloned();
    let is_absence = header.invert && wanted.is_none() && header.regex.is_empty();
    match wanted.or_else(|| example(&header.regex)) {
        _ if is_absence => None,
        Some(value) if !header.invert => Some(value),
        _ => Some("-".to_owned()),
    }
}

/// Says so if nothing that Envoy makes of a path can match `http`.
fn report_unmatched(
    intention: &Intention,
    http: &PermissionHttp,
    paths: PathHandling,
    findings: &mut Collector<'_>,
) {
    let regex = literal_prefix(&http.path_regex);
    let parts = [(&http.path_exact, false), (&http.path_prefix, true), (&regex, true)];
    let Some((path, _)) =
        parts.iter().find(|(path, is_prefix)| !path.is_empty() && !is_reachable(path, *is_prefix, paths))
    else {
        return;
    };
    let help = match paths.seen(path).filter(|seen| seen != *path && !path.contains(['?', '#'])) {
        Some(seen) => format!("write `{seen}`: Envoy normalises the path before it applies intentions"),
        None => "write the path as Envoy sees it: without a query, and without what the `mesh` entry refuses"
            .to_owned(),
    };
    findings.push(
        Code::PathRuleUnmatched,
        format!("no request matches {} ({}): Envoy never sees such a path", rule(http), about(intention)),
        help,
    );
}

fn is_reachable(path: &str, is_prefix: bool, paths: PathHandling) -> bool {
    let ends: &[&str] = if is_prefix { &ENDS } else { &[""] };
    !path.contains(['?', '#'])
        && ends.iter().any(|end| {
            let whole = format!("{path}{end}");
            paths
                .seen(&whole)
                .is_some_and(|seen| if is_prefix { seen.starts_with(path) } else { seen == whole })
        })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{PathHandling, check};
    use crate::envoy_api::EscapedSlashes;
    use crate::finding::{Code, Finding};
    use crate::intentions::Index;
    use crate::render::collector::Collector;
    use crate::snapshot::{Intention, IntentionAction, ServiceName};

    fn said(permissions: &Value, default: IntentionAction, paths: PathHandling) -> Vec<(Code, String)> {
        let intention = json!({"SourceName": "client", "DestinationName": "web", "Permissions": permissions});
        let intentions: Vec<Intention> = vec![serde_json::from_value(intention).unwrap()];
        let destination = ServiceName { name: "web".into(), ..ServiceName::default() };
        let rules = Index::new(&intentions).rules(&destination, default, true);
        let mut list = Vec::new();
        check(&rules, paths, &mut Collector::new("web", &mut list));
        let bare = |finding: Finding| finding.message.replacen("service `web`: ", "", 1);
        list.into_iter().map(|finding| (finding.code, bare(finding))).collect()
    }

    /// The spellings that are said to get past.
    fn bypasses(permissions: &Value, default: IntentionAction, paths: PathHandling) -> Vec<String> {
        let said = said(permissions, default, paths);
        let bypasses = said.into_iter().filter(|(code, _)| *code == Code::PathRuleBypass);
        bypasses.map(|(_, text)| text.split('`').nth(1).unwrap().to_owned()).collect()
    }

    fn permission(action: &str, http: &Value) -> Value {
        json!({"Action": action, "HTTP": http})
    }

    const STRICT: PathHandling = PathHandling {
        normalize: true,
        merge_slashes: true,
        escaped_slashes: Some(EscapedSlashes::RejectRequest),
    };

    #[test]
    fn a_deny_before_an_allow_can_be_bypassed_unless_the_settings_prevent_it() {
        use IntentionAction::{Allow, Deny};
        let default = PathHandling::default();
        let deny_admin = permission("deny", &json!({"PathPrefix": "/admin"}));
        let all = permission("allow", &json!({"PathPrefix": "/"}));
        let before_all = json!([deny_admin, all]);
        for (permissions, action) in
            [(before_all.clone(), Deny), (before_all.clone(), Allow), (json!([deny_admin]), Allow)]
        {
            assert_eq!(bypasses(&permissions, action, default), ["//admin", "/x/..%2Fadmin"]);
            assert_eq!(bypasses(&permissions, action, STRICT), [""; 0]);
            let off = PathHandling { normalize: false, ..STRICT };
            assert_eq!(bypasses(&permissions, action, off), ["/x/../admin"]);
            let merged = PathHandling { merge_slashes: true, ..default };
            assert_eq!(bypasses(&permissions, action, merged), ["/x/..%2Fadmin"]);
        }
        for action in [EscapedSlashes::UnescapeAndForward, EscapedSlashes::UnescapeAndRedirect] {
            let paths = PathHandling { escaped_slashes: Some(action), ..default };
            assert_eq!(bypasses(&before_all, Deny, paths), ["//admin"]);
        }
        // Nothing is allowed that the other spelling could be.
        assert_eq!(bypasses(&json!([deny_admin]), Deny, default), [""; 0]);
        assert_eq!(
            bypasses(&json!([permission("deny", &json!({"PathPrefix": "/"})), all]), Deny, default),
            [""; 0]
        );
    }

    #[test]
    fn an_allow_can_be_escaped_with_an_encoded_slash_unless_it_is_exact() {
        use IntentionAction::{Allow, Deny};
        let default = PathHandling::default();
        let allow = |http: Value| json!([permission("allow", &http)]);
        assert_eq!(
            bypasses(&allow(json!({"PathPrefix": "/api/v1"})), Deny, default),
            ["/api/v1/..%2F..%2Fx"]
        );
        assert_eq!(bypasses(&allow(json!({"PathRegex": "/api/.*"})), Deny, default), ["/api/..%2Fx"]);
        assert_eq!(bypasses(&allow(json!({"PathRegex": "/api/[a-z]+"})), Deny, default), [""; 0]);
        assert_eq!(bypasses(&allow(json!({"PathExact": "/api"})), Deny, default), [""; 0]);
        assert_eq!(bypasses(&allow(json!({"PathPrefix": "/api"})), Allow, default), [""; 0]);
        assert_eq!(bypasses(&allow(json!({"PathPrefix": "/"})), Deny, default), [""; 0]);
        let off = PathHandling { normalize: false, ..STRICT };
        assert_eq!(bypasses(&allow(json!({"PathPrefix": "/api"})), Deny, off), ["/api/../x"]);
    }

    #[test]
    fn methods_headers_and_expressions_must_match_before_a_bypass_is_reported() {
        use IntentionAction::Allow;
        let default = PathHandling::default();
        let deny = |http: Value| json!([permission("deny", &http)]);
        let header =
            json!([{"Name": "x-a", "Regex": "a|b"}, {"Name": "x-b", "Present": true, "Invert": true}]);
        let http = json!({"PathRegex": "/(v1|v2)/users(/.*)?", "Methods": ["DELETE"], "Header": header});
        assert_eq!(bypasses(&deny(http), Allow, default), ["//v1/users", "/v1%2Fusers"]);
        // It has the other spellings, too.
        assert_eq!(bypasses(&deny(json!({"PathRegex": ".*admin.*"})), Allow, default), [""; 0]);
        assert_eq!(bypasses(&deny(json!({"PathRegex": "(?i)/+admin"})), Allow, default), ["/x/..%2Fadmin"]);
        let but_one = json!([
            permission("allow", &json!({"PathExact": "/admin"})),
            permission("deny", &json!({"PathPrefix": "/admin"})),
        ]);
        assert_eq!(bypasses(&but_one, Allow, default), ["//adminx", "/x/..%2Fadminx"]);
        // Another permission decides the plain spelling.
        let shadowed = json!([
            permission("allow", &json!({"PathPrefix": "/"})),
            permission("deny", &json!({"PathPrefix": "/admin"})),
        ]);
        assert_eq!(bypasses(&shadowed, Allow, default), [""; 0]);
        let methods_only = json!([permission("deny", &json!({"Methods": ["DELETE"]}))]);
        assert_eq!(said(&methods_only, Allow, default), []);
    }

    #[test]
    fn rules_that_no_path_can_match_are_reported() {
        let unmatched = |http: Value, paths: PathHandling| {
            let said = said(&json!([permission("deny", &http)]), IntentionAction::Allow, paths);
            said.iter().any(|(code, _)| *code == Code::PathRuleUnmatched)
        };
        let default = PathHandling::default();
        for path in ["/a/../b", "/./a", "/%61", "/a\\b", "/a|b", "/a?b", "/a#b", "/%7e", "/\u{20ac}"] {
            assert!(unmatched(json!({"PathExact": path}), default), "{path}");
            assert!(unmatched(json!({"PathPrefix": path}), default), "{path}");
        }
        for path in ["/a", "/a/", "/%2F", "/a//b", "/a%20b", "/a;b", "/...", "/%e2%82%ac", "//"] {
            assert!(!unmatched(json!({"PathExact": path}), default), "{path}");
            assert!(!unmatched(json!({"PathPrefix": path}), default), "{path}");
        }
        assert!(unmatched(json!({"PathExact": "/a/.."}), default));
        assert!(!unmatched(json!({"PathPrefix": "/a/.."}), default), "`/a/..b`");
        assert!(!unmatched(json!({"PathPrefix": "/%6"}), default), "`/%6x`");
        for path in ["/a//b", "/a%2Fb", "//"] {
            assert!(unmatched(json!({"PathPrefix": path}), STRICT), "{path}");
        }
        assert!(unmatched(json!({"PathRegex": "/a/\\.\\./b.*"}), default));
        assert!(!unmatched(json!({"PathRegex": "/a/../b.*"}), default), "dots are any character");
        assert!(!unmatched(json!({"PathRegex": "/a|/b"}), default));
        let off = PathHandling { normalize: false, ..default };
        assert!(!unmatched(json!({"PathExact": "/a/../b"}), off));
    }
}
