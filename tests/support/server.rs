//! A listening socket (TCP or Unix, plain or TLS) with a thread for each connection, gone when dropped.

use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::pki;
use super::wait::eventually;

/// A connection's two directions.
pub trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// One accepted connection, past its TLS handshake if there is one.
pub struct Connection {
    pub stream: BufReader<Box<dyn Stream>>,
    pub tls: Option<Handshake>,
}

/// What a TLS server learns from its client.
#[derive(Debug, Clone)]
pub struct Handshake {
    /// The server name the client asked for.
    pub sni: Option<String>,
    /// The subject of the client's certificate.
    pub client: Option<String>,
    /// `TLSv1_2`, `TLSv1_3`.
    pub version: String,
    /// The protocol both agreed on.
    pub alpn: Option<String>,
}

impl Handshake {
    /// What a finished handshake showed.
    pub fn of(session: &ServerConnection) -> Result<Self> {
        Ok(Self {
            sni: session.server_name().map(str::to_owned),
            client: session.peer_certificates().and_then(<[_]>::first).map(pki::subject).transpose()?,
            version: session.protocol_version().map(|version| format!("{version:?}")).unwrap_or_default(),
            alpn: session.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned()),
        })
    }
}

/// A server; `handler` is called for every connection, in a thread of its own.
pub struct Server {
    bound: Bound,
    state: Arc<State>,
    accepting: Option<JoinHandle<()>>,
}

enum Bound {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

#[derive(Default)]
struct State {
    stopping: AtomicBool,
    open: Mutex<Vec<Socket>>,
    accepted: AtomicUsize,
    most: AtomicUsize,
    failed_handshakes: Mutex<Vec<String>>,
}

enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Socket {
    fn try_clone(&self) -> io::Result<Self> {
        match self {
            Self::Tcp(stream) => stream.try_clone().map(Self::Tcp),
            Self::Unix(stream) => stream.try_clone().map(Self::Unix),
        }
    }

    /// Whether the client has not closed it, whatever it has sent before.
    fn is_open(&self) -> bool {
        let mut state = [match self {
            Self::Tcp(stream) => PollFd::new(stream, PollFlags::RDHUP),
            Self::Unix(stream) => PollFd::new(stream, PollFlags::RDHUP),
        }];
        poll(&mut state, Some(&Timespec::default())).is_ok_and(|closed| closed == 0)
    }

    fn close(&self) {
        drop(match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
        });
    }

    fn into_stream(self) -> Box<dyn Stream> {
        match self {
            Self::Tcp(stream) => Box::new(stream),
            Self::Unix(stream) => Box::new(stream),
        }
    }
}

type Handler = Arc<dyn Fn(&mut Connection) -> Result<()> + Send + Sync>;

impl Server {
    /// Listens on a free port of 127.0.0.1.
    pub fn tcp(
        tls: Option<Arc<ServerConfig>>,
        handler: impl Fn(&mut Connection) -> Result<()> + Send + Sync + 'static,
    ) -> Result<Self> {
        Self::tcp_at((Ipv4Addr::LOCALHOST, 0).into(), tls, handler)
    }

    /// Listens on an address.
    pub fn tcp_at(
        address: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        handler: impl Fn(&mut Connection) -> Result<()> + Send + Sync + 'static,
    ) -> Result<Self> {
        // A child that another test has just forked holds, until it runs its program, the socket by which the port was
        // found to be free.
        let bind = || TcpListener::bind(address).with_context(|| address.to_string());
        let listener = eventually(&format!("{address} to be free"), bind)?;
        let address = listener.local_addr()?;
        let accept = move || listener.accept().map(|(stream, _)| Socket::Tcp(stream));
        Ok(Self::run(Bound::Tcp(address), accept, tls, Arc::new(handler)))
    }

    /// Listens on a Unix socket.
    pub fn unix(
        path: &Path,
        handler: impl Fn(&mut Connection) -> Result<()> + Send + Sync + 'static,
    ) -> Result<Self> {
        let listener = UnixListener::bind(path).with_context(|| path.display().to_string())?;
        let accept = move || listener.accept().map(|(stream, _)| Socket::Unix(stream));
        Ok(Self::run(Bound::Unix(path.to_owned()), accept, None, Arc::new(handler)))
    }

    fn run(
        bound: Bound,
        accept: impl Fn() -> io::Result<Socket> + Send + 'static,
        tls: Option<Arc<ServerConfig>>,
        handler: Handler,
    ) -> Self {
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let accepting = thread::spawn(move || {
            while let Ok(socket) = accept() {
                if shared.stopping.load(Ordering::SeqCst) {
                    break;
                }
                let (state, tls, handler) = (Arc::clone(&shared), tls.clone(), Arc::clone(&handler));
                if let Ok(copy) = socket.try_clone() {
                    let mut open = lock(&state.open);
                    open.retain(Socket::is_open);
                    open.push(copy);
                    state.accepted.fetch_add(1, Ordering::SeqCst);
                    state.most.fetch_max(open.len(), Ordering::SeqCst);
                }
                thread::spawn(move || serve(socket, tls, &handler, &state));
            }
        });
        Self { bound, state, accepting: Some(accepting) }
    }

    /// Where it listens; a server on a Unix socket has none.
    pub fn address(&self) -> Option<SocketAddr> {
        match self.bound {
            Bound::Tcp(address) => Some(address),
            Bound::Unix(_) => None,
        }
    }

    /// How many connections there were, and how many at once at most.
    pub fn connections(&self) -> (usize, usize) {
        (self.state.accepted.load(Ordering::SeqCst), self.state.most.load(Ordering::SeqCst))
    }

    /// Why TLS handshakes with this server failed, in order.
    pub fn failed_handshakes(&self) -> Vec<String> {
        lock(&self.state.failed_handshakes).clone()
    }
}

fn serve(socket: Socket, tls: Option<Arc<ServerConfig>>, handler: &Handler, state: &State) {
    let closing = socket.try_clone();
    let connected = match tls {
        None => Ok(Connection { stream: BufReader::new(socket.into_stream()), tls: None }),
        Some(config) => shake_hands(socket, config),
    };
    match connected {
        // What a handler reports is a broken connection: the client's side of the test sees it too.
        Ok(mut connection) => drop(handler(&mut connection)),
        Err(error) => lock(&state.failed_handshakes).push(format!("{error:#}")),
    }
    if let Ok(socket) = closing {
        socket.close();
    }
}

fn shake_hands(socket: Socket, config: Arc<ServerConfig>) -> Result<Connection> {
    let mut stream = socket.into_stream();
    let mut session = ServerConnection::new(config)?;
    while session.is_handshaking() {
        session.complete_io(&mut stream)?;
    }
    let handshake = Handshake::of(&session)?;
    Ok(Connection {
        stream: BufReader::new(Box::new(StreamOwned::new(session, stream))),
        tls: Some(handshake),
    })
}

/// A lock that a panic elsewhere does not spoil.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.stopping.store(true, Ordering::SeqCst);
        // One more connection wakes the accepting thread, which then ends and closes the listener.
        match &self.bound {
            Bound::Tcp(address) => drop(TcpStream::connect(address)),
            Bound::Unix(path) => drop(UnixStream::connect(path)),
        }
        if let Some(accepting) = self.accepting.take() {
            drop(accepting.join());
        }
        for socket in lock(&self.state.open).drain(..) {
            socket.close();
        }
    }
}
