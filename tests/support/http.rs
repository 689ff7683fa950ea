//! HTTP/1.1 over any stream, blocking: just enough for a client of Consul and Envoy, for servers outside the mesh,
//! and for a scripted Consul that must also be able to misbehave.

use std::io::{BufRead, Write};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// Header names as they came, with their values.
pub type Headers = Vec<(String, String)>;

/// The first value of a header, whatever the case of its name.
pub fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// A request, as sent or as received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// Path and query, raw.
    pub target: String,
    pub headers: Headers,
    pub body: Vec<u8>,
}

impl Request {
    /// A request without a body. `host` becomes the Host header.
    pub fn new(method: &str, target: &str, host: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![("Host".to_owned(), host.to_owned())],
            body: Vec::new(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Reads the next request of a connection; `None` once the peer has closed it.
    pub fn read_from(stream: &mut impl BufRead) -> Result<Option<Self>> {
        // A TLS client waits for an answer to its greeting, which has no line to be read.
        ensure!(stream.fill_buf()?.first().is_none_or(u8::is_ascii_graphic), "not an HTTP request");
        let Some(head) = read_head(stream)? else { return Ok(None) };
        let mut fields = [httparse::EMPTY_HEADER; 100];
        let mut parsed = httparse::Request::new(&mut fields);
        parsed.parse(&head).context("not an HTTP request")?;
        let (method, target) = (parsed.method.unwrap_or("").to_owned(), parsed.path.unwrap_or("").to_owned());
        let headers = owned(parsed.headers);
        let body = read_body(stream, &headers, false)?;
        Ok(Some(Self { method, target, headers, body }))
    }

    /// Sends it, with the length of its body.
    pub fn write_to(&self, stream: &mut (impl Write + ?Sized)) -> Result<()> {
        let mut message = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        push_headers(&mut message, &self.headers);
        if !self.body.is_empty() || matches!(self.method.as_str(), "PUT" | "POST") {
            write!(message, "Content-Length: {}\r\n", self.body.len())?;
        }
        message.extend_from_slice(b"\r\n");
        message.extend_from_slice(&self.body);
        stream.write_all(&message)?;
        stream.flush()?;
        Ok(())
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        json(&self.body)
    }
}

/// An answer, as sent or as received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
}

impl Response {
    /// An answer with a JSON body.
    pub fn json_of(status: u16, value: &Value) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: value.to_string().into_bytes(),
        }
    }

    /// Reads one answer.
    pub fn read_from(stream: &mut impl BufRead) -> Result<Self> {
        let head = read_head(stream)?.context("the connection was closed without an answer")?;
        let mut fields = [httparse::EMPTY_HEADER; 100];
        let mut parsed = httparse::Response::new(&mut fields);
        parsed.parse(&head).context("not an HTTP answer")?;
        let status = parsed.code.unwrap_or(0);
        let headers = owned(parsed.headers);
        let body =
            if matches!(status, 101 | 204 | 304) { Vec::new() } else { read_body(stream, &headers, true)? };
        Ok(Self { status, headers, body })
    }

    /// Its bytes on the wire: with the length of its body unless the headers name one.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut message = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)).into_bytes();
        push_headers(&mut message, &self.headers);
        if header(&self.headers, "Content-Length").is_none() && !matches!(self.status, 101 | 204) {
            message.extend_from_slice(format!("Content-Length: {}\r\n", self.body.len()).as_bytes());
        }
        message.extend_from_slice(b"\r\n");
        message.extend_from_slice(&self.body);
        message
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        json(&self.body).with_context(|| format!("status {}", self.status))
    }
}

fn json(body: &[u8]) -> Result<Value> {
    serde_json::from_slice(body).with_context(|| format!("not JSON: {:?}", String::from_utf8_lossy(body)))
}

fn reason(status: u16) -> &'static str {
    match status {
        101 => "Switching Protocols",
        200 => "OK",
        403 => "Forbidden",
        404 => "Not Found",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

fn push_headers(message: &mut Vec<u8>, headers: &Headers) {
    for (name, value) in headers {
        message.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
}

fn owned(fields: &[httparse::Header<'_>]) -> Headers {
    fields
        .iter()
        .map(|field| (field.name.to_owned(), String::from_utf8_lossy(field.value).into_owned()))
        .collect()
}

/// Reads up to and including the empty line; `None` if the stream ends before the first byte.
fn read_head(stream: &mut impl BufRead) -> Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    loop {
        let before = head.len();
        if stream.read_until(b'\n', &mut head)? == 0 {
            if head.is_empty() {
                return Ok(None);
            }
            bail!("the connection was closed within the headers");
        }
        if matches!(&head[before..], b"\r\n" | b"\n") && before > 0 {
            return Ok(Some(head));
        }
    }
}

fn read_body(stream: &mut impl BufRead, headers: &Headers, until_close: bool) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    if header(headers, "Transfer-Encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        loop {
            let size = read_line(stream)?;
            let size = usize::from_str_radix(size.split(';').next().unwrap_or("").trim(), 16)
                .with_context(|| format!("chunk size {size:?}"))?;
            let start = body.len();
            body.resize(start + size, 0);
            stream.read_exact(&mut body[start..])?;
            read_line(stream)?;
            if size == 0 {
                return Ok(body);
            }
        }
    }
    match header(headers, "Content-Length") {
        Some(length) => {
            body.resize(length.trim().parse().with_context(|| format!("Content-Length {length:?}"))?, 0);
            stream.read_exact(&mut body)?;
        }
        None if until_close => drop(stream.read_to_end(&mut body)?),
        None => {}
    }
    Ok(body)
}

fn read_line(stream: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
