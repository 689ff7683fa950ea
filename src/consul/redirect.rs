//! Redirects: which ones are followed.
//!
//! The token, the user's password and the body of a write go to the agent alone. So a redirect is followed only
//! within the agent's own origin: scheme, host and port. Consul's own client sends the token along to any host.

use reqwest::{Method, Url};

use crate::settings::consul::HttpAddress;

/// Redirects followed for one request, at most.
pub(super) const MOST: usize = 3;

/// What to do about an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is the answer.
    Done,
    /// Sends a request to this URL, with the same body or without.
    Follow { url: Url, method: Method, keeps_body: bool },
    /// Why the redirect is not followed.
    Refuse(String),
}

/// Decides by the status and `Location` of the answer to a request for `url`.
///
/// Go's client makes a `GET` of any redirected request but for the statuses 307 and 308. A write that becomes a `GET`
/// was not carried out, whatever is answered: it is refused.
pub(super) fn next(
    address: &HttpAddress,
    url: &Url,
    method: &Method,
    status: u16,
    location: Option<&str>,
) -> Next {
    let (301..=303 | 307 | 308, Some(location)) = (status, location) else { return Next::Done };
    let Ok(mut to) = url.join(location) else {
        return Next::Refuse(format!("it answers {status} with a `Location` that is not a URL"));
    };
    // The URL has the name in the certificate, where that is another one than the address has.
    if is_at(address, &to) {
        // The URL of a request has a host.
        let _ = to.set_host(url.host_str());
    }
    if to.origin() != url.origin() {
        return Next::Refuse(format!(
            "it redirects ({status}) to another origin, {}: termgate sends neither the token nor the request there",
            shown(&to)
        ));
    }
    let is_read = *method == Method::GET || *method == Method::HEAD;
    match status {
        307 | 308 => Next::Follow { url: to, method: method.clone(), keeps_body: true },
        _ if is_read => Next::Follow { url: to, method: method.clone(), keeps_body: false },
        _ => Next::Refuse(format!(
            "it redirects a {method} with status {status}, which makes it a GET: nothing is written"
        )),
    }
}

/// Whether a URL leads to the agent's own address.
fn is_at(address: &HttpAddress, url: &Url) -> bool {
    let HttpAddress::Tcp { tls, host, port, .. } = address else { return false };
    url.scheme() == if *tls { "https" } else { "http" }
        && url.host_str().is_some_and(|name| name.eq_ignore_ascii_case(host))
        && url.port_or_known_default() == Some(*port)
}

/// A URL's origin. Its path and query may hold secrets.
fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(method: &Method, status: u16, location: &str) -> Next {
        let address = HttpAddress::parse("https://10.0.0.1:8501", false).unwrap();
        let url = Url::parse("https://server.dc1.consul:8501/v1/a?x=1").unwrap();
        next(&address, &url, method, status, Some(location))
    }

    #[test]
    fn a_redirect_within_the_agents_origin_is_followed() {
        for location in [
            "/v1/b",
            "b",
            "//server.dc1.consul:8501/v1/b",
            "https://10.0.0.1:8501/v1/b",
            "HTTPS://SERVER.dc1.consul:8501/v1/b",
        ] {
            for (status, keeps_body) in [(301, false), (302, false), (303, false), (307, true), (308, true)] {
                let url = Url::parse("https://server.dc1.consul:8501/v1/b").unwrap();
                let expected = Next::Follow { url, method: Method::GET, keeps_body };
                assert_eq!(follow(&Method::GET, status, location), expected, "{location}");
            }
        }
    }

    #[test]
    fn no_other_origin_gets_a_request() {
        for location in [
            "http://server.dc1.consul:8501/v1/b",
            "https://server.dc1.consul/v1/b",
            "https://server.dc1.consul:8502/v1/b",
            "https://elsewhere:8501/v1/b",
            "//elsewhere/v1/b",
            "https://server.dc1.consul:8501@elsewhere/v1/b",
            "http://10.0.0.1:8501/v1/b",
            "file:///etc/passwd",
            "https://[::1]:8501/",
        ] {
            let Next::Refuse(reason) = follow(&Method::GET, 307, location) else { panic!("{location}") };
            assert!(reason.contains("another origin"), "{reason}");
        }
        let Next::Refuse(reason) = follow(&Method::GET, 302, "https://u:PW@elsewhere/v1?token=PW") else {
            panic!()
        };
        assert!(reason.contains("https://elsewhere:") && !reason.contains("PW"), "{reason}");
    }

    #[test]
    fn a_write_stays_a_write_or_is_refused() {
        let Next::Follow { method, keeps_body: true, .. } = follow(&Method::PUT, 307, "/v1/b") else {
            panic!()
        };
        assert_eq!(method, Method::PUT);
        for status in [301, 302, 303] {
            assert!(matches!(follow(&Method::PUT, status, "/v1/b"), Next::Refuse(_)));
        }
    }

    #[test]
    fn other_answers_are_answers() {
        assert_eq!(follow(&Method::GET, 304, "/x"), Next::Done);
        assert_eq!(follow(&Method::GET, 200, "/x"), Next::Done);
        let url = Url::parse("http://localhost/").unwrap();
        let socket = HttpAddress::Unix("/run/consul.sock".into());
        assert_eq!(next(&socket, &url, &Method::GET, 302, None), Next::Done);
        assert!(matches!(next(&socket, &url, &Method::GET, 302, Some("/v1/b")), Next::Follow { .. }));
        assert!(matches!(next(&socket, &url, &Method::GET, 302, Some("http://10.0.0.1/")), Next::Refuse(_)));
    }
}
