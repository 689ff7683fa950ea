//! How Envoy normalises the path of a request before it applies intentions.

use crate::envoy_api::EscapedSlashes;

/// How paths are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathHandling {
    /// Whether dot segments are resolved, unreserved characters decoded and `\` made `/`.
    pub normalize: bool,
    /// Whether one slash is made of several.
    pub merge_slashes: bool,
    /// What becomes of `%2F` and `%5C`; absent: they are kept.
    pub escaped_slashes: Option<EscapedSlashes>,
}

impl Default for PathHandling {
    /// Consul 2.0: what RFC 3986 calls the same is the same, and no more.
    fn default() -> Self {
        Self { normalize: true, merge_slashes: false, escaped_slashes: None }
    }
}

impl PathHandling {
    /// The path (without a query) that intentions see and the external service gets; nothing if the request is refused
    /// or redirected.
    ///
    /// Envoy 1.40: escaped slashes first, then dot segments and escapes, then several slashes.
    pub fn seen(self, path: &str) -> Option<String> {
        let mut path = path.to_owned();
        if has_escaped_slash(&path) {
            match self.escaped_slashes {
                None | Some(EscapedSlashes::KeepUnchanged) => {}
                Some(EscapedSlashes::RejectRequest | EscapedSlashes::UnescapeAndRedirect) => return None,
                Some(EscapedSlashes::UnescapeAndForward) => {
                    for (escaped, plain) in [("%2F", "/"), ("%2f", "/"), ("%5C", "\\"), ("%5c", "\\")] {
                        path = path.replace(escaped, plain);
                    }
                }
            }
        }
        if self.normalize {
            path = without_dot_segments(&canonical(&path)?);
        }
        if self.merge_slashes {
            while path.contains("//") {
                path = path.replace("//", "/");
            }
        }
        Some(path)
    }
}

fn has_escaped_slash(path: &str) -> bool {
    ["%2F", "%2f", "%5C", "%5c"].iter().any(|escaped| path.contains(escaped))
}

/// Unreserved characters decoded, others that a URL may not have escaped, and every `\` a `/`; nothing where Envoy
/// answers with status 400.
fn canonical(path: &str) -> Option<String> {
    let mut canonical = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(character) = rest.chars().next() {
        let mut taken = character.len_utf8();
        match character {
            '%' => match escape(rest) {
                Some(0) => return None,
                Some(byte) if is_unreserved(byte) => {
                    canonical.push(char::from(byte));
                    taken = 3;
                }
                _ => canonical.push('%'),
            },
            '\\' => canonical.push('/'),
            '"' | '<' | '>' | '^' | '`' | '{' | '|' | '}' | ' ' => {
                canonical.extend(format!("%{:02X}", u32::from(character)).chars());
            }
            // Envoy answers with status 400, too.
            _ if !character.is_ascii() || character.is_ascii_control() => return None,
            _ => canonical.push(character),
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    Some(canonical)
}

/// The byte that `%XX` at the start of `text` stands for.
fn escape(text: &str) -> Option<u8> {
    let digits = text.get(1..3).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// RFC 3986, 5.2.4; a dot segment may have parameters (`..;x`), as Envoy sees it.
fn without_dot_segments(path: &str) -> String {
    let Some(inner) = path.strip_prefix('/') else { return path.to_owned() };
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = inner.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        let name = segment.split(';').next().unwrap_or_default();
        match name {
            "." | ".." => {
                if name == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{EscapedSlashes, PathHandling};

    // What Envoy 1.40 made of each; `tests/it/path_normalisation.rs` asks it again.
    #[test]
    fn paths_are_normalised_as_envoy_does() {
        let default = PathHandling::default();
        for (path, seen) in [
            ("/x/../admin", Some("/admin")),
            ("/./admin", Some("/admin")),
            ("/%61dmin", Some("/admin")),
            ("/x/%2e%2E/admin", Some("/admin")),
            ("//admin", Some("//admin")),
            ("/x//../admin", Some("/x/admin")),
            ("/x/..//admin", Some("//admin")),
            ("/..;/admin", Some("/admin")),
            ("/;/admin", Some("/;/admin")),
            ("/x\\..\\admin", Some("/admin")),
            ("/x/..%2Fadmin", Some("/x/..%2Fadmin")),
            ("/x/%2e%2e%2fadmin", Some("/x/..%2fadmin")),
            ("/%252e%252e/admin", Some("/%252e%252e/admin")),
            ("/../../admin", Some("/admin")),
            ("/x/.../admin", Some("/x/.../admin")),
            ("/x/..", Some("/")),
            ("/admin/.", Some("/admin/")),
            ("/admin%zz%4", Some("/admin%zz%4")),
            ("/admin%00", None),
            ("/a|b^c`d{e}", Some("/a%7Cb%5Ec%60d%7Be%7D")),
            ("/%7Eadmin", Some("/~admin")),
        ] {
            assert_eq!(default.seen(path).as_deref(), seen, "{path}");
            let off = PathHandling { normalize: false, ..default };
            assert_eq!(off.seen(path).as_deref(), Some(path));
        }
        let merge = PathHandling { merge_slashes: true, ..default };
        assert_eq!(merge.seen("/a//b///c").as_deref(), Some("/a/b/c"));
        let escaped =
            |action| PathHandling { escaped_slashes: Some(action), ..default }.seen("/x/..%5cadmin%2Fb");
        assert_eq!(escaped(EscapedSlashes::RejectRequest), None);
        assert_eq!(escaped(EscapedSlashes::UnescapeAndRedirect), None);
        assert_eq!(escaped(EscapedSlashes::UnescapeAndForward).as_deref(), Some("/admin/b"));
    }
}
