//! One HTTP client towards the agent; every request of termgate goes through [`Consul::send`].

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};
use serde::de::DeserializeOwned;

use super::error::{Error, Failure};
use super::lanes::Lanes;
use super::tls;
use crate::http;
use crate::secret::Secret;
use crate::settings::consul::{ConsulSettings, HttpAddress};
use crate::settings::forward_proxy::ForwardProxy;

/// One agent, with the token it is asked with.
#[derive(Debug)]
pub struct Consul {
    lanes: Lanes,
    route: Route,
    settings: ConsulSettings,
    address: String,
    authorization: Option<HeaderValue>,
    token: Mutex<Option<Secret>>,
    scope: Vec<(&'static str, String)>,
    time_limit: Option<TimeLimit>,
    requests: AtomicU64,
    errors: AtomicU64,
}

/// The end of all requests.
#[derive(Debug, Clone, Copy)]
struct TimeLimit {
    length: Duration,
    end: Instant,
}

/// What the agent answered.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    /// `X-Consul-Index`, for blocking queries.
    pub index: Option<u64>,
    /// `X-Consul-Results-Filtered-By-ACLs` (Consul 1.11+).
    pub filtered_by_acls: bool,
    /// `Retry-After`, where it is a number of seconds.
    pub retry_after: Option<Duration>,
}

/// How long the agent may hold an answer back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Answer when the state is newer than this.
    pub index: u64,
    /// Answer after this long at the latest.
    pub at_most: Duration,
}

/// Connections to the agent at once, at most; what is more waits for one of them.
const MAX_CONNECTIONS: usize = 8;
/// Largest answer taken from the agent, in bytes.
const MAX_ANSWER: usize = 256 << 20;

impl Consul {
    /// Sets the client up; nothing is sent yet.
    pub fn new(settings: &ConsulSettings) -> Result<Self, Error> {
        let mut address = settings.address.display();
        if let Some(ForwardProxy { variable, .. }) = &settings.forward_proxy {
            address = format!("{address} (through the proxy that {variable} names)");
        }
        let fail = |reason: String| Error {
            method: "connect".to_owned(),
            path: "to".to_owned(),
            address: address.clone(),
            failure: Failure::Setup(reason),
        };
        let route = Route::new(&settings.address, settings.tls.server_name.as_deref()).map_err(fail)?;
        let first = route.client(settings).map_err(fail)?;
        let authorization = settings.auth.as_ref().and_then(|(user, password)| {
            use base64::Engine as _;
            let pair = format!("{user}:{}", password.expose());
            let text = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
            HeaderValue::try_from(text).ok()
        });
        let scope =
            [("ns", &settings.namespace), ("partition", &settings.partition), ("dc", &settings.datacenter)]
                .into_iter()
                .filter_map(|(key, value)| Some((key, value.clone()?)))
                .collect();
        Ok(Self {
            lanes: Lanes::new(MAX_CONNECTIONS, first),
            address,
            authorization,
            token: Mutex::new(settings.token.clone()),
            scope,
            requests: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            settings: settings.clone(),
            route,
            time_limit: settings.time_limit.and_then(|length| {
                // A limit beyond the clock's end is none.
                Some(TimeLimit { length, end: Instant::now().checked_add(length)? })
            }),
        })
    }

    /// Address of the agent, as a person writes it.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Uses this token from the next request on; gives whether it is another one than before.
    pub fn set_token(&self, token: Option<Secret>) -> bool {
        let mut current = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let differs = *current != token;
        *current = token;
        differs
    }

    /// `GET`, decoded from JSON.
    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T, Error> {
        let answer = self.send(Method::GET, path, query, None, None).await?;
        self.decode("GET", path, &answer.body)
    }

    /// `GET`, decoded from JSON; `None` when the agent says 404.
    pub async fn get_optional<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Option<T>, Error> {
        match self.get(path, query).await {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `PUT` with a JSON body; the answer as it is.
    pub async fn put(&self, path: &str, query: &[(&str, &str)], body: Vec<u8>) -> Result<Answer, Error> {
        self.send(Method::PUT, path, query, Some(body), None).await
    }

    /// `DELETE`; the answer as it is.
    pub async fn delete(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Error> {
        self.send(Method::DELETE, path, query, None, None).await
    }

    /// Decodes an answer's body, with an error that names the request.
    pub fn decode<T: DeserializeOwned>(&self, method: &str, path: &str, body: &[u8]) -> Result<T, Error> {
        serde_json::from_slice(body).map_err(|error| {
            self.error(method, path, Failure::Answer(format!("{error}; it starts with {:?}", excerpt(body))))
        })
    }

    /// Sends one request; an answer with a status other than 2xx is an error.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Vec<u8>>,
        wait: Option<Wait>,
    ) -> Result<Answer, Error> {
        let answer = self.exchange(method.clone(), path, query, body, wait).await?;
        if answer.status >= 300 {
            let failure = Failure::Status { status: answer.status, body: excerpt(&answer.body) };
            return Err(self.error(method.as_str(), path, failure));
        }
        Ok(answer)
    }

    /// Sends one request and gives its answer, whatever its status.
    ///
    /// With `wait` it is a blocking query: the time limit grows by the time the agent may hold it back.
    pub async fn exchange(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Vec<u8>>,
        wait: Option<Wait>,
    ) -> Result<Answer, Error> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let answer = self.exchange_uncounted(method, path, query, body, wait).await;
        if !matches!(&answer, Ok(Answer { status: ..=428 | 430..=499, .. })) {
            self.errors.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    /// How many requests there were, and how many of them had no answer or the status 429 or 500 and above.
    pub fn counts(&self) -> (u64, u64) {
        (self.requests.load(Ordering::Relaxed), self.errors.load(Ordering::Relaxed))
    }

    async fn exchange_uncounted(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Vec<u8>>,
        wait: Option<Wait>,
    ) -> Result<Answer, Error> {
        let target = self.target(path, query, wait);
        let fail = |failure| self.error(method.as_str(), &target, failure);
        let mut limit = self.settings.timeout;
        if let Some(wait) = wait {
            // Consul: adds up to 1/16 of the wait as jitter.
            limit += wait.at_most + wait.at_most / 16;
        }
        let exchange = async {
            let new_client = || self.route.client(&self.settings);
            let lane = self.lanes.take(new_client).await.map_err(|reason| fail(Failure::Setup(reason)))?;
            let mut request = lane
                .client()
                .request(method.clone(), format!("{}{target}", self.route.base))
                .headers(self.headers());
            if let Some(body) = body {
                request = request.body(body);
            }
            let mut response =
                request.send().await.map_err(|error| fail(Failure::Transport(reason(&error))))?;
            let status = response.status().as_u16();
            let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
            let index = header("x-consul-index").and_then(|value| value.parse().ok());
            let filtered_by_acls = header("x-consul-results-filtered-by-acls") == Some("true");
            let retry_after = header("retry-after").and_then(|value| value.trim().parse().ok());
            let retry_after = retry_after.map(Duration::from_secs);
            let mut body = Vec::new();
            while let Some(chunk) =
                response.chunk().await.map_err(|error| fail(Failure::Transport(reason(&error))))?
            {
                if body.len() + chunk.len() > MAX_ANSWER {
                    return Err(fail(Failure::Answer(format!("it is larger than {MAX_ANSWER} bytes"))));
                }
                body.extend_from_slice(&chunk);
            }
            drop(response);
            lane.settle().await;
            Ok(Answer { status, body, index, filtered_by_acls, retry_after })
        };
        let mut overdue = Failure::Timeout(limit);
        if let Some(TimeLimit { length, end }) = self.time_limit {
            let left = end.saturating_duration_since(Instant::now());
            if left < limit {
                (limit, overdue) = (left, Failure::TimeLimit(length));
            }
        }
        tokio::time::timeout(limit, exchange).await.map_err(|_| fail(overdue))?
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = token.as_ref()
            && let Ok(mut value) = HeaderValue::try_from(token.expose())
        {
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static("x-consul-token"), value);
        }
        if let Some(value) = &self.authorization {
            let mut value = value.clone();
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        if let Some(value) = &self.route.host_header {
            headers.insert(HOST, value.clone());
        }
        headers
    }

    fn target(&self, path: &str, query: &[(&str, &str)], wait: Option<Wait>) -> String {
        let mut target = path.to_owned();
        let mut separator = if path.contains('?') { '&' } else { '?' };
        let mut push = |key: &str, value: &str| {
            target.push(separator);
            separator = '&';
            target.push_str(key);
            if !value.is_empty() {
                target.push('=');
                target.push_str(&encode_query(value));
            }
        };
        for (key, value) in query {
            push(key, value);
        }
        for (key, value) in &self.scope {
            push(key, value);
        }
        if let Some(wait) = wait {
            push("index", &wait.index.to_string());
            push("wait", &format!("{}s", wait.at_most.as_secs().max(1)));
        }
        target
    }

    fn error(&self, method: &str, path: &str, failure: Failure) -> Error {
        Error { method: method.to_owned(), path: path.to_owned(), address: self.address.clone(), failure }
    }
}

/// How the agent is reached.
#[derive(Debug)]
struct Route {
    /// What every URL starts with.
    base: String,
    host_header: Option<HeaderValue>,
    /// Where a name leads that is another one than the address has.
    resolved: Option<(String, Vec<SocketAddr>)>,
}

impl Route {
    fn new(address: &HttpAddress, server_name: Option<&str>) -> Result<Self, String> {
        let plain = |base| Self { base, host_header: None, resolved: None };
        Ok(match (address, server_name) {
            (HttpAddress::Unix(_), _) => plain("http://localhost".to_owned()),
            (HttpAddress::Tcp { tls: false, host, port, path_prefix }, _) => {
                plain(format!("http://{host}:{port}{path_prefix}"))
            }
            (HttpAddress::Tcp { tls: true, host, port, path_prefix }, None) => {
                plain(format!("https://{host}:{port}{path_prefix}"))
            }
            (HttpAddress::Tcp { tls: true, host, port, path_prefix }, Some(name)) => {
                let target = (host.trim_matches(['[', ']']), *port);
                let found =
                    target.to_socket_addrs().map_err(|error| format!("look-up of {host}: {error}"))?;
                Self {
                    base: format!("https://{name}:{port}{path_prefix}"),
                    host_header: HeaderValue::try_from(format!("{host}:{port}")).ok(),
                    resolved: Some((name.to_owned(), found.collect())),
                }
            }
        })
    }

    /// A client with a connection of its own.
    fn client(&self, settings: &ConsulSettings) -> Result<Client, String> {
        let mut builder = http::client_builder()
            .tcp_nodelay(true)
            .pool_max_idle_per_host(1)
            .redirect(reqwest::redirect::Policy::limited(3))
            .connect_timeout(Duration::from_secs(10).min(settings.timeout));
        if let Some(ForwardProxy { url, variable }) = &settings.forward_proxy {
            // The reason could quote the URL, and that hold a password.
            let proxy = reqwest::Proxy::all(url.expose())
                .map_err(|_| format!("{variable} is not the URL of an HTTP proxy"))?;
            builder = builder.proxy(proxy);
        }
        builder = match &settings.address {
            HttpAddress::Unix(path) => builder.unix_socket(PathBuf::from(path)).tls_certs_only([]),
            HttpAddress::Tcp { tls: false, .. } => builder.tls_certs_only([]),
            HttpAddress::Tcp { tls: true, .. } => tls::configure(builder, &settings.tls)?,
        };
        if let Some((name, found)) = &self.resolved {
            builder = builder.resolve_to_addrs(name, found);
        }
        builder.build().map_err(|error| reason(&error))
    }
}

/// The innermost reasons of a transport error, without the URL that the message around it names.
fn reason(error: &reqwest::Error) -> String {
    let mut reasons: Vec<String> = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let text = cause.to_string();
        if !reasons.iter().any(|earlier| earlier.contains(&text)) {
            reasons.push(text);
        }
        source = cause.source();
    }
    if reasons.is_empty() { error.to_string() } else { reasons.join(": ") }
}

/// The start of a body as text on one line.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..2000).unwrap_or(body));
    text.trim().to_owned()
}

/// Percent-encodes a name for use as one segment of a path.
pub fn encode_path_segment(text: &str) -> String {
    encode(text, b"-._~")
}

fn encode_query(text: &str) -> String {
    encode(text, b"-._~/:")
}

fn encode(text: &str, also_plain: &[u8]) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || also_plain.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::consul::ConsulFlags;

    fn consul(flags: ConsulFlags) -> Consul {
        let env = std::collections::BTreeMap::new();
        Consul::new(&ConsulSettings::resolve(flags, &env).unwrap()).unwrap()
    }

    #[test]
    fn names_are_encoded_so_that_they_stay_one_segment() {
        assert_eq!(encode_path_segment("a/b?c d%"), "a%2Fb%3Fc%20d%25");
        assert_eq!(encode_path_segment("bücher"), "b%C3%BCcher");
    }

    #[test]
    fn queries_carry_scope_and_blocking_parameters() {
        let consul = consul(ConsulFlags { namespace: Some("team a".into()), ..ConsulFlags::default() });
        let wait = Wait { index: 7, at_most: Duration::from_secs(60) };
        assert_eq!(
            consul.target("/v1/x", &[("passing", "")], Some(wait)),
            "/v1/x?passing&ns=team%20a&index=7&wait=60s"
        );
    }

    #[test]
    fn debug_output_of_a_client_hides_the_token() {
        let consul = consul(ConsulFlags { token: Some("s3cret".into()), ..ConsulFlags::default() });
        assert!(!format!("{consul:?}").contains("s3cret"));
    }
}
