//! One HTTP client towards the agent; every request of termgate goes through [`Consul::send`].

use std::future::poll_fn;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{timeout, timeout_at};

use super::api::path::Path;
use super::error::{Error, Failure, PLAIN_ON_TLS};
use super::fault::Fault;
use super::lanes::{Lane, Lanes};
use super::limit::Limit;
use super::redirect::{self, Next};
use super::tls;
use crate::excerpt;
use crate::go::url;
use crate::http;
use crate::secret::Secret;
use crate::settings::consul::{ConsulSettings, HttpAddress, TIMEOUT};
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
    counts: Arc<Counts>,
}

/// What was counted; clients that differ only in their token share it.
#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    errors: AtomicU64,
    reasked: AtomicU64,
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
    pub body: Vec<u8>,
    /// `X-Consul-Index`, for blocking queries.
    pub index: Option<u64>,
    /// `X-Consul-Results-Filtered-By-ACLs` (Consul 1.11+).
    pub filtered_by_acls: bool,
    /// `Retry-After`, where it is a number of seconds.
    pub retry_after: Option<Duration>,
    /// `Date`: the agent's clock.
    pub date: Option<String>,
    /// Whether the request was sent twice: the first one may have been carried out, too. See [`Consul::exchange`].
    pub was_resent: bool,
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
/// A connection that was closed while it was idle shows it at once. One that breaks later was in use.
const STALE: Duration = Duration::from_secs(5);

/// After which pauses a question without an answer is sent again.
const REASK_AFTER: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];
/// How long a question that is sent again waits for a free connection before it gives up the one that it has.
const LANE_WAIT: Duration = Duration::from_millis(500);

/// A request as it is sent.
#[derive(Debug, Clone)]
struct Target {
    /// Path and query.
    text: String,
    limit: Limit,
    /// Whether it may be carried out twice.
    may_repeat: bool,
}

impl Consul {
    /// Sets the client up; nothing is sent yet.
    pub fn new(settings: &ConsulSettings) -> Result<Self, Error> {
        let mut address = settings.address.display();
        if let Some(ForwardProxy { variable, .. }) = &settings.forward_proxy {
            address = format!("{address} (through the proxy that {variable} names)");
        }
        let fail = |(reason, hint): Unusable| Error {
            method: "connect".to_owned(),
            path: "to".to_owned(),
            address: address.as_str().into(),
            failure: Failure::Setup(reason),
            hint: hint.map(Into::into),
        };
        let route = Route::new(settings).map_err(fail)?;
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
            counts: Arc::default(),
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

    /// Another client of the same agent, with another token.
    pub fn with_token(&self, token: Option<Secret>) -> Result<Self, Error> {
        let settings = ConsulSettings { token, ..self.settings.clone() };
        Ok(Self { counts: Arc::clone(&self.counts), ..Self::new(&settings)? })
    }

    /// `GET`, decoded from JSON.
    pub async fn get<T: DeserializeOwned>(&self, path: &Path, query: &[(&str, &str)]) -> Result<T, Error> {
        let answer = self.send(Method::GET, path, query, None, None).await?;
        self.decode("GET", path, &answer.body)
    }

    /// `GET`, decoded from JSON; `None` when the agent says 404.
    pub async fn get_optional<T: DeserializeOwned>(
        &self,
        path: &Path,
        query: &[(&str, &str)],
    ) -> Result<Option<T>, Error> {
        match self.get(path, query).await {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `PUT` with `body` as JSON; the answer as it is.
    pub(super) async fn put_json(&self, path: &Path, body: &impl Serialize) -> Result<Answer, Error> {
        let body = serde_json::to_vec(body)
            .map_err(|error| self.error("PUT", path.as_str(), Failure::Setup(error.to_string())))?;
        self.put(path, &[], body).await
    }

    /// `PUT` with a JSON body; the answer as it is.
    pub async fn put(&self, path: &Path, query: &[(&str, &str)], body: Vec<u8>) -> Result<Answer, Error> {
        self.send(Method::PUT, path, query, Some(body), None).await
    }

    /// `DELETE`; the answer as it is.
    pub async fn delete(&self, path: &Path, query: &[(&str, &str)]) -> Result<Answer, Error> {
        self.send(Method::DELETE, path, query, None, None).await
    }

    /// Decodes an answer's body, with an error that names the request.
    pub fn decode<T: DeserializeOwned>(&self, method: &str, path: &Path, body: &[u8]) -> Result<T, Error> {
        serde_json::from_slice(body).map_err(|error| {
            // A value of the wrong type is in the error as a whole.
            let (error, start) = (self.excerpt(error.to_string().as_bytes()), self.excerpt(body));
            self.error(method, path.as_str(), Failure::Answer(format!("{error}; it starts with {start:?}")))
        })
    }

    /// Sends one request; an answer with a status other than 2xx is an error.
    pub async fn send(
        &self,
        method: Method,
        path: &Path,
        query: &[(&str, &str)],
        body: Option<Vec<u8>>,
        wait: Option<Wait>,
    ) -> Result<Answer, Error> {
        let answer = self.exchange(method.clone(), path, query, body, wait).await?;
        if answer.status >= 300 {
            let failure = Failure::Status { status: answer.status, body: self.excerpt(&answer.body) };
            return Err(self.error(method.as_str(), path.as_str(), failure));
        }
        Ok(answer)
    }

    /// Sends one request and gives its answer, whatever its status.
    ///
    /// With `wait` it is a blocking query: the time limit grows by the time the agent may hold it back.
    ///
    /// A request whose connection was left open by an earlier one and breaks before an answer begins is sent once
    /// more, on a new connection, if it may be carried out twice: reads, and some writes ([`Path`] says which). The agent may have
    /// carried out the first one, so the answer says that there were two, for callers that see a difference. The time
    /// limit is for both.
    pub async fn exchange(
        &self,
        method: Method,
        path: &Path,
        query: &[(&str, &str)],
        body: Option<Vec<u8>>,
        wait: Option<Wait>,
    ) -> Result<Answer, Error> {
        self.counts.requests.fetch_add(1, Ordering::Relaxed);
        let answer = self.exchange_uncounted(method, path, query, body, wait).await;
        self.count_outcome(&answer);
        answer
    }

    fn count_outcome(&self, answer: &Result<Answer, Error>) {
        if !matches!(answer, Ok(Answer { status: ..=428 | 430..=499, .. })) {
            self.counts.errors.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many requests there were, and how many of them had no answer or the status 429 or 500 and above.
    pub fn counts(&self) -> (u64, u64) {
        (self.counts.requests.load(Ordering::Relaxed), self.counts.errors.load(Ordering::Relaxed))
    }

    /// Asks a question that changes nothing; gives the answer, whatever its status.
    ///
    /// Seen on 2.1.0-dev: an agent now and then never answers a request, and the same one again at once. So a question
    /// whose answer does not begin soon is sent again on another connection, up to three times, and the first answer
    /// counts. With `patience`, one that has not begun by then is a failure.
    pub async fn ask(&self, path: &Path, patience: Option<Duration>) -> Result<Answer, Error> {
        self.counts.requests.fetch_add(1, Ordering::Relaxed);
        let target = self.target(&Method::GET, path, &[], None);
        let (limit, overdue) = self.limit(self.settings.timeout);
        let patience = patience.unwrap_or(limit);
        let answer = timeout(limit, self.ask_again_and_again(&target, patience)).await;
        let answer = answer.map_err(|_| self.error("GET", &target.text, overdue)).and_then(|answer| answer);
        self.count_outcome(&answer);
        answer
    }

    async fn ask_again_and_again(&self, target: &Target, patience: Duration) -> Result<Answer, Error> {
        let has_begun = &AtomicBool::new(false);
        let attempt = |mut lane: Lane| {
            Box::pin(async move { self.attempt(&mut lane, &Method::GET, target, None, has_begun).await })
        };
        let mut attempts = vec![attempt(self.lane("GET", &target.text).await?)];
        let end = tokio::time::Instant::now() + patience;
        for pause in REASK_AFTER {
            if let Ok(answer) = timeout_at(end, timeout(pause, first_of(&mut attempts))).await
                && let Ok(answer) = answer
            {
                return answer;
            }
            if has_begun.load(Ordering::Relaxed) || end <= tokio::time::Instant::now() {
                break;
            }
            let lane = tokio::select! {
                answer = first_of(&mut attempts) => return answer,
                lane = self.lane("GET", &target.text) => lane?,
                () = tokio::time::sleep(LANE_WAIT) => {
                    // All are in use: this one takes the place of the one that is not answered.
                    drop(attempts.remove(0));
                    self.lane("GET", &target.text).await?
                }
            };
            self.counts.reasked.fetch_add(1, Ordering::Relaxed);
            attempts.push(attempt(lane));
        }
        match timeout_at(end, first_of(&mut attempts)).await {
            Ok(answer) => answer,
            Err(_) if has_begun.load(Ordering::Relaxed) => first_of(&mut attempts).await,
            Err(_) => Err(self.error("GET", &target.text, Failure::Timeout(patience))),
        }
    }

    /// How many questions were sent again because they had no answer.
    pub fn reasked(&self) -> u64 {
        self.counts.reasked.load(Ordering::Relaxed)
    }

    async fn exchange_uncounted(
        &self,
        method: Method,
        path: &Path,
        query: &[(&str, &str)],
        body: Option<Vec<u8>>,
        wait: Option<Wait>,
    ) -> Result<Answer, Error> {
        let target = self.target(&method, path, query, wait);
        let mut limit = self.settings.timeout;
        if let Some(wait) = wait {
            // Consul: adds up to 1/16 of the wait as jitter.
            limit += wait.at_most + wait.at_most / 16;
        }
        let exchange = async {
            let mut lane = self.lane(method.as_str(), &target.text).await?;
            self.attempt(&mut lane, &method, &target, body, &AtomicBool::new(false)).await
        };
        let (limit, overdue) = self.limit(limit);
        let answer = timeout(limit, exchange).await;
        answer.map_err(|_| self.error(method.as_str(), &target.text, overdue))?
    }

    /// How long a request may take, and what it is when it takes longer.
    fn limit(&self, longest: Duration) -> (Duration, Failure) {
        if let Some(TimeLimit { length, end }) = self.time_limit {
            let left = end.saturating_duration_since(Instant::now());
            if left < longest {
                let flag = self.settings.origins.spell(&TIMEOUT);
                return (left, Failure::TimeLimit { length, flag });
            }
        }
        (longest, Failure::Timeout(longest))
    }

    /// Waits for a connection.
    async fn lane(&self, method: &str, target: &str) -> Result<Lane, Error> {
        let lane = self.lanes.take(|| self.route.client(&self.settings)).await;
        lane.map_err(|(reason, hint)| Error {
            hint: hint.map(Into::into),
            ..self.error(method, target, Failure::Setup(reason))
        })
    }

    /// Sends a request on this connection; notes when its answer begins.
    async fn attempt(
        &self,
        lane: &mut Lane,
        method: &Method,
        target: &Target,
        body: Option<Vec<u8>>,
        has_begun: &AtomicBool,
    ) -> Result<Answer, Error> {
        let fail = |failure| self.error(method.as_str(), &target.text, failure);
        self.follow(lane, method, target, body, has_begun).await.map_err(|failed| match failed {
            Failed::Connection(fault, reason) => {
                let hint = self.settings.hint(fault);
                Error { hint: Some(hint.into()), ..fail(Failure::Transport(reason)) }
            }
            Failed::Answer(failure) => fail(failure),
        })
    }

    /// Sends a request, and wherever the agent refers to within its own origin.
    async fn follow(
        &self,
        lane: &mut Lane,
        method: &Method,
        target: &Target,
        mut body: Option<Vec<u8>>,
        has_begun: &AtomicBool,
    ) -> Result<Answer, Failed> {
        let url = format!("{}{}", self.route.base, target.text);
        let mut url = Url::parse(&url).map_err(|error| Failed::Answer(Failure::Setup(error.to_string())))?;
        let mut method = method.clone();
        let mut was_resent = false;
        for _ in 0..=redirect::MOST {
            let (response, resent) =
                self.reach(lane, &method, &url, body.as_deref(), target.may_repeat).await?;
            has_begun.store(true, Ordering::Relaxed);
            was_resent |= resent;
            let location = response.headers().get("location").and_then(|value| value.to_str().ok());
            let status = response.status().as_u16();
            let next = redirect::next(&self.settings.address, &url, &method, status, location);
            let answer = read(response, target.limit).await?;
            lane.settle().await;
            match next {
                Next::Done => return Ok(Answer { was_resent, ..answer }),
                Next::Refuse(reason) => return Err(Failed::Answer(Failure::Redirect(reason))),
                Next::Follow { url: to, method: with, keeps_body } => {
                    (url, method) = (to, with);
                    body = body.filter(|_| keeps_body);
                }
            }
        }
        Err(Failed::Answer(Failure::Redirect(format!("it redirects more than {} times", redirect::MOST))))
    }

    /// Sends a request until an answer begins, at most twice; whether it was twice.
    async fn reach(
        &self,
        lane: &mut Lane,
        method: &Method,
        url: &Url,
        body: Option<&[u8]>,
        may_repeat: bool,
    ) -> Result<(Response, bool), Failed> {
        let started = Instant::now();
        let mut is_second = false;
        loop {
            let (client, is_reused) = lane.start();
            let mut request = client.request(method.clone(), url.clone()).headers(self.headers());
            if let Some(body) = body {
                request = request.body(body.to_vec());
            }
            let error = match request.send().await {
                Ok(response) => return Ok((response, is_second)),
                Err(error) => error,
            };
            let fault = Fault::of(&error);
            let is_stale = is_reused && fault == Fault::Closed && started.elapsed() < STALE;
            if is_second || !is_stale || !may_repeat {
                return Err(Failed::Connection(fault, reason(&error)));
            }
            is_second = true;
        }
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

    fn target(&self, method: &Method, path: &Path, query: &[(&str, &str)], wait: Option<Wait>) -> Target {
        let mut target = path.as_str().to_owned();
        let mut separator = if target.contains('?') { '&' } else { '?' };
        let mut push = |key: &str, value: &str| {
            target.push(separator);
            separator = '&';
            target.push_str(key);
            if !value.is_empty() {
                target.push('=');
                target.push_str(&url::value(value));
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
        let is_read = matches!(*method, Method::GET | Method::HEAD);
        let may_repeat = is_read || (*method != Method::POST && path.may_repeat());
        Target { text: target, limit: Limit::of(path.grows()), may_repeat }
    }

    /// An error of a request to this agent.
    pub(super) fn error(&self, method: &str, path: &str, failure: Failure) -> Error {
        let settings = &self.settings;
        let hint = match &failure {
            Failure::Timeout(_) => Some(settings.timeout_hint()),
            Failure::TimeLimit { .. } => Some("check that the agent is healthy".to_owned()),
            Failure::Answer(_) => Some(settings.answer_hint()),
            Failure::Redirect(_) => Some(settings.redirect_hint()),
            Failure::Status { status, body } => self.status_hint(*status, body.as_bytes()),
            Failure::Transport(_) | Failure::Unclear | Failure::Setup(_) => None,
        };
        Error {
            method: method.to_owned(),
            path: path.to_owned(),
            address: self.address.as_str().into(),
            failure,
            hint: hint.map(Into::into),
        }
    }

    /// What to do about an answer with an error status, where its text says more than that.
    pub fn status_hint(&self, status: u16, body: &[u8]) -> Option<String> {
        let says = |text: &str| body.windows(text.len()).any(|window| window == text.as_bytes());
        match status {
            400 if body.starts_with(PLAIN_ON_TLS.as_bytes()) => Some(self.settings.plain_on_tls_hint()),
            401 | 403 | 500 if says("ACL not found") => Some(self.settings.unknown_token_hint()),
            _ => None,
        }
    }

    /// The start of an answer's body for a message, without the secrets that were sent: servers exist that answer with
    /// the request.
    pub fn excerpt(&self, body: &[u8]) -> String {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let authorization = self.authorization.as_ref().and_then(|value| value.to_str().ok());
        let encoded = authorization.and_then(|value| value.strip_prefix("Basic "));
        let password = self.settings.auth.as_ref().map(|(_, password)| password.expose());
        let secrets = [token.as_ref().map(Secret::expose), encoded, password];
        excerpt::of_body(body, &secrets.map(Option::unwrap_or_default))
    }
}

/// The first answer of several attempts, or the last failure if all of them fail.
async fn first_of<F>(attempts: &mut Vec<Pin<Box<F>>>) -> Result<Answer, Error>
where
    F: Future<Output = Result<Answer, Error>>,
{
    poll_fn(|context| {
        let mut place = 0;
        while let Some(attempt) = attempts.get_mut(place) {
            match attempt.as_mut().poll(context) {
                Poll::Pending => place += 1,
                Poll::Ready(Err(_)) if attempts.len() > 1 => drop(attempts.remove(place)),
                Poll::Ready(result) => return Poll::Ready(result),
            }
        }
        Poll::Pending
    })
    .await
}

/// Why a request has no answer.
enum Failed {
    /// No answer began.
    Connection(Fault, String),
    /// It did.
    Answer(Failure),
}

/// Reads an answer to its end.
async fn read(mut response: Response, limit: Limit) -> Result<Answer, Failed> {
    let status = response.status().as_u16();
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let index = header("x-consul-index").and_then(|value| value.parse().ok());
    let filtered_by_acls = header("x-consul-results-filtered-by-acls") == Some("true");
    let retry_after = header("retry-after").and_then(|value| value.trim().parse().ok());
    let retry_after = retry_after.map(Duration::from_secs);
    let date = header("date").map(str::to_owned);
    let too_large = || Failed::Answer(Failure::Answer(limit.exceeded()));
    let announced = response.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > limit.body {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(announced);
    while let Some(chunk) =
        response.chunk().await.map_err(|error| Failed::Connection(Fault::Other, reason(&error)))?
    {
        if body.len() + chunk.len() > limit.body {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    limit.check(&body).map_err(|reason| Failed::Answer(Failure::Answer(reason)))?;
    Ok(Answer { status, body, index, filtered_by_acls, retry_after, date, was_resent: false })
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

/// Why a client cannot be made, and how to fix it.
type Unusable = (String, Option<String>);

impl Route {
    fn new(settings: &ConsulSettings) -> Result<Self, Unusable> {
        let plain = |base| Self { base, host_header: None, resolved: None };
        Ok(match (&settings.address, settings.tls.server_name.as_deref()) {
            (HttpAddress::Unix(_), _) => plain("http://localhost".to_owned()),
            (HttpAddress::Tcp { tls: false, host, port, path_prefix }, _) => {
                plain(format!("http://{host}:{port}{path_prefix}"))
            }
            (HttpAddress::Tcp { tls: true, host, port, path_prefix }, None) => {
                plain(format!("https://{host}:{port}{path_prefix}"))
            }
            (HttpAddress::Tcp { tls: true, host, port, path_prefix }, Some(name)) => {
                let target = (host.trim_matches(['[', ']']), *port);
                let found = target.to_socket_addrs().map_err(|error| {
                    (format!("cannot resolve {host}: {error}"), Some(settings.hint(Fault::UnknownHost)))
                })?;
                Self {
                    base: format!("https://{name}:{port}{path_prefix}"),
                    host_header: HeaderValue::try_from(format!("{host}:{port}")).ok(),
                    resolved: Some((name.to_owned(), found.collect())),
                }
            }
        })
    }

    /// A client with a connection of its own.
    fn client(&self, settings: &ConsulSettings) -> Result<Client, Unusable> {
        let mut builder = http::client_builder()
            .tcp_nodelay(true)
            .pool_max_idle_per_host(1)
            .connect_timeout(Duration::from_secs(10).min(settings.timeout));
        if let Some(ForwardProxy { url, variable }) = &settings.forward_proxy {
            // The reason could quote the URL, and that hold a password.
            let proxy = reqwest::Proxy::all(url.expose())
                .map_err(|_| (format!("{variable} is not the URL of an HTTP proxy"), None))?;
            builder = builder.proxy(proxy);
        }
        builder = match &settings.address {
            HttpAddress::Unix(path) => builder.unix_socket(PathBuf::from(path)).tls_certs_only([]),
            HttpAddress::Tcp { tls: false, .. } => builder.tls_certs_only([]),
            HttpAddress::Tcp { tls: true, .. } => {
                tls::configure(builder, &settings.tls).map_err(|problem| {
                    let name = settings.name_of(problem.setting);
                    let hint = match problem.help {
                        Some(help) => format!("{help} (set with {name})"),
                        None => format!("correct {name}"),
                    };
                    (problem.reason, Some(hint))
                })?
            }
        };
        if let Some((name, found)) = &self.resolved {
            builder = builder.resolve_to_addrs(name, found);
        }
        builder.build().map_err(|error| (reason(&error), None))
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
    // The URL of a request holds no secret, but is long, and the error around this one names it.
    if reasons.is_empty() { "the request failed".to_owned() } else { reasons.join(": ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consul::api;
    use crate::settings::consul::{NAMESPACE, TOKEN};
    use crate::settings::flag::Grammar;
    use crate::settings::options::{Options, Typed};

    fn consul(typed: &Typed) -> Consul {
        let env =
            std::collections::BTreeMap::from([("CONSUL_HTTP_AUTH".to_owned(), "me:passw0rd".to_owned())]);
        let options = Options::new(Grammar::Modern, typed, &env);
        Consul::new(&ConsulSettings::resolve(&options).unwrap()).unwrap()
    }

    #[test]
    fn queries_carry_scope_and_blocking_parameters() {
        let consul = consul(&Typed::default().given(&NAMESPACE, "team a"));
        let wait = Wait { index: 7, at_most: Duration::from_secs(60) };
        assert_eq!(
            consul.target(&Method::GET, &api::agent::members(), &[("passing", "")], Some(wait)).text,
            "/v1/agent/members?passing&ns=team%20a&index=7&wait=60s"
        );
    }

    #[test]
    fn only_idempotent_requests_are_retried() {
        let consul = consul(&Typed::default());
        let (write, once) = (api::agent::register(), api::agent::members());
        for (method, path, expected) in [
            (Method::GET, &once, true),
            (Method::PUT, &write, true),
            (Method::DELETE, &write, true),
            (Method::PUT, &once, false),
            (Method::POST, &write, false),
        ] {
            assert_eq!(consul.target(&method, path, &[], None).may_repeat, expected, "{method}");
        }
    }

    #[test]
    fn secrets_that_an_answer_repeats_are_hidden() {
        let consul = consul(&Typed::default().given(&TOKEN, "s3cret"));
        let shown =
            consul.excerpt(b"X-Consul-Token: s3cret, Authorization: Basic bWU6cGFzc3cwcmQ= (passw0rd)");
        assert_eq!(shown, "X-Consul-Token: (redacted), Authorization: Basic (redacted) ((redacted))");
    }

    #[test]
    fn debug_output_of_a_client_hides_the_token() {
        let consul = consul(&Typed::default().given(&TOKEN, "s3cret"));
        assert!(!format!("{consul:?}").contains("s3cret"));
    }
}
