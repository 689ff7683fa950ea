//! A recorded probe: asked again, and held against what was seen.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::http::{Headers, Request, Response, header};
use crate::support::http2;
use crate::support::mesh::{Greeting, MeshClient, Outcome, check_identity};

/// The Host header of recorded requests.
const HOST: &str = "mesh-side.example";

/// What Envoy adds to every recorded request beside `x-forwarded-client-cert`.
const USUAL_HEADERS: [(&str, &str); 2] =
    [("x-forwarded-proto", "https"), ("x-envoy-expected-rq-timeout-ms", "15000")];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// `hello`, inside the mesh's TLS.
    Tcp,
    Http,
    /// HTTP/2 with prior knowledge.
    H2,
    Grpc,
    /// `hello`, without TLS.
    Plain,
    /// TLS alone.
    Handshake,
}

#[derive(Debug, Deserialize)]
pub struct Probe {
    pub id: String,
    kind: Kind,
    /// Whose certificate is shown; none if there is none.
    #[serde(default)]
    client: Option<String>,
    /// The linked service, with its subset in front.
    #[serde(default)]
    service: String,
    /// The server name instead; none is sent if it is empty.
    #[serde(default)]
    sni: Option<String>,
    /// Where the gateway was asked if not at its usual address.
    #[serde(default)]
    pub to: Option<(IpAddr, u16)>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    tls_max: Option<String>,
    #[serde(default)]
    alpn: Vec<String>,
    #[serde(default = "yes")]
    verify: bool,
    #[serde(default)]
    upgrade: bool,
    #[serde(default = "once")]
    repeat: u32,
    /// `null`: refused.
    pub seen: Option<Seen>,
}

fn yes() -> bool {
    true
}

fn once() -> u32 {
    1
}

/// What was seen. What is usual is left out: status 200, HTTP/1.1, the request's own method, path and host.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Seen {
    #[serde(default)]
    gateway_tls: Option<String>,
    /// Whose certificate the gateway shows if not the linked service's.
    #[serde(default)]
    identity: Option<String>,
    #[serde(default)]
    status: Option<u16>,
    /// The beginning of an answer that is Envoy's own.
    #[serde(default)]
    body: Option<String>,
    /// The first line of an answer that was not expected to be HTTP.
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    answer_headers: BTreeMap<String, String>,
    #[serde(default)]
    trailers: BTreeMap<String, String>,
    /// The server that answered, and what it reports.
    #[serde(default)]
    pub instance: Option<String>,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    host: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Services instead of SPIFFE ids; a forged element stands as it was sent.
    #[serde(default)]
    xfcc: Option<Vec<String>>,
    #[serde(default)]
    tls: Option<ServerTls>,
    /// How many of the repeated requests each server answered.
    #[serde(default)]
    shares: Option<BTreeMap<String, u32>>,
}

impl Seen {
    /// An answer of this server, whatever else.
    pub fn answered_by(instance: &str) -> Self {
        Self { instance: Some(instance.to_owned()), ..Self::default() }
    }

    /// The same with another start of the body.
    pub fn with_body(self, start: &str) -> Self {
        Self { body: Some(start.to_owned()), ..self }
    }
}

/// What a TLS server outside the mesh reports of its session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
struct ServerTls {
    #[serde(default)]
    sni: Option<String>,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    alpn: Option<String>,
    #[serde(default)]
    client: Option<String>,
}

/// The parts of an element of `x-forwarded-client-cert` that Envoy adds.
const ENVOYS_OWN: [&str; 6] = ["By", "Hash", "Cert", "Chain", "Subject", "URI"];

/// What is seen here.
enum Observed {
    Response(Response),
    Bytes(Vec<u8>),
    Handshake,
    Refused(String),
}

impl Probe {
    /// The mesh's name of the client, even of one that does not show it.
    pub fn client(&self) -> &str {
        self.client.as_deref().unwrap_or("nobody")
    }

    /// Asks as recorded; fails unless what is seen is what is expected (`None`: refused).
    pub fn check(&self, client: &MeshClient, gateway: SocketAddr, expected: Option<&Seen>) -> Result<()> {
        let mut shares: BTreeMap<String, u32> = BTreeMap::new();
        for _ in 0..self.repeat {
            match (self.observe(client, gateway, expected)?, expected) {
                (Observed::Refused(_), None) | (Observed::Handshake, Some(_)) => {}
                (Observed::Refused(reason), Some(_)) => bail!("refused: {reason}"),
                // A closed service: its RBAC lets nobody in.
                (Observed::Response(response), None) => {
                    ensure!(response.status == 403, "status {}: {}", response.status, response.text());
                }
                (Observed::Bytes(bytes), None) => bail!("answered: {}", String::from_utf8_lossy(&bytes)),
                (Observed::Handshake, None) => bail!("not refused"),
                (Observed::Response(response), Some(seen)) => {
                    let report = self.check_response(client, &response, seen)?;
                    if let Some(instance) = report.as_ref().and_then(|report| report["instance"].as_str()) {
                        *shares.entry(instance.to_owned()).or_default() += 1;
                    }
                }
                (Observed::Bytes(bytes), Some(seen)) => check_bytes(&bytes, seen)?,
            }
        }
        match expected.and_then(|seen| seen.shares.as_ref()) {
            Some(expected) => check_shares(&shares, expected),
            None => Ok(()),
        }
    }

    fn observe(&self, client: &MeshClient, gateway: SocketAddr, expected: Option<&Seen>) -> Result<Observed> {
        if self.kind == Kind::Plain {
            return Ok(speak_plainly(gateway));
        }
        let identity = expected.and_then(|seen| seen.identity.as_deref()).unwrap_or(&self.service);
        let spiffe_id = client.spiffe_id(identity);
        if matches!(self.kind, Kind::H2 | Kind::Grpc) {
            let outcome = http2::send(client, gateway, &self.service, &spiffe_id, &self.request())?;
            return Ok(match outcome {
                Outcome::Answered(response) => Observed::Response(response),
                Outcome::Refused(reason) => Observed::Refused(reason),
            });
        }
        let greeting = Greeting {
            server_name: self.sni.clone(),
            tls_1_2: self.tls_max.as_deref() == Some("1.2"),
            alpn: self.alpn.clone(),
            anonymous: self.client.is_none(),
            trusting: !self.verify,
        };
        let mut connection = match client.greet(gateway, &self.service, &greeting)? {
            Ok(connection) => connection,
            Err(reason) => return Ok(Observed::Refused(reason)),
        };
        if let Some(seen) = expected {
            check_identity(connection.session(), &spiffe_id)?;
            let version = format!("{:?}", connection.session().protocol_version()).replace('_', ".");
            let wanted = seen.gateway_tls.as_deref().unwrap_or("TLSv1.3");
            ensure!(version == format!("Some({wanted})"), "TLS to the gateway: {version}");
            ensure!(connection.session().alpn_protocol().is_none(), "the gateway chose a protocol");
        }
        let observed = match self.kind {
            Kind::Handshake => Ok(Observed::Handshake),
            Kind::Tcp => connection.talk(b"hello\n").map(Observed::Bytes),
            _ => connection.exchange(&self.request()).map(Observed::Response),
        };
        Ok(observed.unwrap_or_else(|error| Observed::Refused(format!("{error:#}"))))
    }

    fn method(&self) -> &str {
        self.method.as_deref().unwrap_or(if self.kind == Kind::Grpc { "POST" } else { "GET" })
    }

    fn path(&self) -> &str {
        self.path.as_deref().unwrap_or("/")
    }

    fn request(&self) -> Request {
        let mut request = Request::new(self.method(), self.path(), HOST);
        // The length of a body goes with every request that has one.
        for (name, value) in self.headers.iter().filter(|(name, _)| *name != "content-length") {
            request = request.with_header(name, value);
        }
        match self.kind {
            Kind::Http if !self.upgrade => request.with_header("Connection", "close"),
            Kind::Grpc => {
                request.body = vec![0; 5];
                request.with_header("content-type", "application/grpc").with_header("te", "trailers")
            }
            _ => request,
        }
    }

    /// Gives back what the server reports, if it was a server that answered.
    fn check_response(&self, client: &MeshClient, response: &Response, seen: &Seen) -> Result<Option<Value>> {
        let status = seen.status.unwrap_or(200);
        ensure!(
            response.status == status,
            "status {} instead of {status}: {}",
            response.status,
            response.text()
        );
        if let Some(body) = &seen.body {
            ensure!(response.text().starts_with(body), "instead of {body:?}: {:?}", response.text());
        }
        check_headers(&response.headers, &seen.answer_headers)?;
        check_headers(&response.headers, &seen.trailers)?;
        if seen.instance.is_none() && seen.shares.is_none() {
            return Ok(None);
        }
        let report = response.json()?;
        check_instance(&report, seen)?;
        self.check_answer(client, &report, seen)?;
        check_server_tls(&report, seen)?;
        Ok(Some(report))
    }

    /// Holds what an HTTP server saw of the request against the recording.
    fn check_answer(&self, client: &MeshClient, report: &Value, seen: &Seen) -> Result<()> {
        let expected = [
            ("version", seen.version.as_deref().unwrap_or("HTTP/1.1")),
            ("method", self.method()),
            ("path", normalised(self.path())),
        ];
        for (key, expected) in expected {
            ensure!(report[key] == json!(expected), "the server saw the {key} {}", report[key]);
        }
        // Several servers by several names: each sees its own.
        if seen.host.is_some() || seen.instance.is_some() {
            let host = seen.host.as_deref().unwrap_or(HOST);
            ensure!(report["host"] == json!(host), "the server saw the host {}", report["host"]);
        }
        let mut headers: Map<String, Value> = report["headers"].as_object().cloned().unwrap_or_default();
        headers.remove("host");
        // Another one each time; the recordings leave it out.
        headers.remove("x-request-id");
        let certificates = headers.remove("x-forwarded-client-cert").unwrap_or_default();
        let certificates = client_certificates(client, certificates.as_str().unwrap_or(""));
        let usual = USUAL_HEADERS.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut expected: BTreeMap<String, String> = usual.into();
        expected.extend(seen.headers.clone());
        ensure!(json!(headers) == json!(expected), "the server saw {headers:?} instead of {expected:?}");
        let service = seen.identity.as_ref().unwrap_or(&self.service);
        let usual = || vec![format!("By={service};URI={}", self.client.as_deref().unwrap_or(""))];
        let expected = seen.xfcc.clone().unwrap_or_else(usual);
        ensure!(certificates == expected, "x-forwarded-client-cert: {certificates:?}, not {expected:?}");
        Ok(())
    }
}

fn speak_plainly(gateway: SocketAddr) -> Observed {
    let talk = || -> Result<Vec<u8>> {
        let mut stream = TcpStream::connect(gateway)?;
        stream.write_all(b"hello\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        ensure!(!answer.is_empty(), "closed without a word");
        Ok(answer)
    };
    talk().map_or_else(|error| Observed::Refused(format!("{error:#}")), Observed::Bytes)
}

fn check_bytes(bytes: &[u8], seen: &Seen) -> Result<()> {
    let text = String::from_utf8_lossy(bytes);
    if let Some(line) = &seen.text {
        ensure!(text.lines().next() == Some(line), "instead of {line:?}: {text:?}");
        return Ok(());
    }
    let report: Value = serde_json::from_slice(bytes).with_context(|| text.into_owned())?;
    check_instance(&report, seen)?;
    ensure!(report["got"] == json!("hello"), "the server got {}", report["got"]);
    check_server_tls(&report, seen)
}

fn check_instance(report: &Value, seen: &Seen) -> Result<()> {
    let Some(instance) = &seen.instance else { return Ok(()) };
    ensure!(report["instance"] == json!(instance), "answered by {}", report["instance"]);
    Ok(())
}

fn check_server_tls(report: &Value, seen: &Seen) -> Result<()> {
    let Some(expected) = &seen.tls else { return Ok(()) };
    let text = |key: &str| report[key].as_str().map(str::to_owned);
    // The server's TLS library hides whether a name was sent in capitals.
    let report = ServerTls {
        sni: text("sni"),
        version: text("tls").map(|version| version.replace('_', ".")),
        alpn: text("alpn"),
        client: text("client_certificate"),
    };
    let expected = ServerTls {
        sni: expected.sni.as_deref().map(str::to_ascii_lowercase),
        version: agreed(expected.version.as_deref(), report.version.as_deref()),
        ..expected.clone()
    };
    ensure!(report == expected, "the server saw {report:?} instead of {expected:?}");
    Ok(())
}

fn check_headers(headers: &Headers, expected: &BTreeMap<String, String>) -> Result<()> {
    for (name, value) in expected {
        let found = header(headers, name);
        ensure!(found == Some(value), "the answer's {name}: {found:?} instead of {value:?}");
    }
    Ok(())
}

/// The elements of `x-forwarded-client-cert`, each Envoy's own as `By=<service>;URI=<service>`.
fn client_certificates(client: &MeshClient, text: &str) -> Vec<String> {
    let of_mesh = client.spiffe_id("");
    let shorten = |element: &str| -> Option<String> {
        let parts: Vec<(&str, &str)> = element.split(';').filter_map(|part| part.split_once('=')).collect();
        let names: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
        (names == ENVOYS_OWN).then_some(())?;
        let service = |wanted: &str| {
            let (_, id) = parts.iter().find(|(name, _)| *name == wanted)?;
            id.strip_prefix(&of_mesh)
        };
        Some(format!("By={};URI={}", service("By")?, service("URI")?))
    };
    text.split(',').map(|element| shorten(element).unwrap_or_else(|| element.to_owned())).collect()
}

/// Every server of the recording has answered about as often, and no other has.
fn check_shares(shares: &BTreeMap<String, u32>, expected: &BTreeMap<String, u32>) -> Result<()> {
    let alike = shares.keys().eq(expected.keys())
        && shares
            .values()
            .zip(expected.values())
            .all(|(seen, expected)| seen.abs_diff(*expected) <= 3 + expected / 5);
    ensure!(alike, "answered by {shares:?} instead of {expected:?}");
    Ok(())
}

/// Rule `outgoing-tls` of `docs/differences-xds.md`: the recorded gateway offered no more than TLS 1.2; a server that takes
/// 1.3 agrees to it. One that does not cannot show it.
fn agreed(recorded: Option<&str>, report: Option<&str>) -> Option<String> {
    let newer = report.filter(|version| *version == "TLSv1.3" && recorded == Some("TLSv1.2"));
    newer.or(recorded).map(str::to_owned)
}

/// Rule `request-paths` of `docs/differences-xds.md`: the recorded gateway handed on what the client spelled.
fn normalised(path: &str) -> &str {
    if path == "/a/./b//c/../d" { "/a/b//d" } else { path }
}
