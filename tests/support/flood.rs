//! Clients that fill a gateway's buffers: they send more than the server reads, or ask for more than they read.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::background::Background;
use super::mesh::{Greeting, MeshClient};

/// How much a client sends at once.
const PART: [u8; 16 << 10] = [b'x'; 16 << 10];

/// How long a client stays away after its connection ended.
const PAUSE: Duration = Duration::from_secs(1);

/// A server outside the mesh that is slow.
pub struct Slow {
    address: SocketAddr,
    _serving: Background,
}

impl Slow {
    /// Reads a kilobyte a second.
    pub fn reader() -> Result<Self> {
        Self::start(|mut socket| async move {
            let mut part = [0; 1024];
            while socket.read(&mut part).await? > 0 {
                sleep(Duration::from_secs(1)).await;
            }
            Ok(())
        })
    }

    /// Sends as much as there is room for.
    pub fn writer() -> Result<Self> {
        Self::start(|mut socket| async move {
            loop {
                socket.write_all(&PART).await?;
            }
        })
    }

    fn start<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Result<Self>
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let bound = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = bound.local_addr()?;
        let serving = Background::serve(bound, async move |listener| {
            while let Ok((socket, _)) = listener.accept().await {
                drop(tokio::spawn(serve(socket)));
            }
        })?;
        Ok(Self { address, _serving: serving })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// What a client of a flood does with its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Sends bytes without end.
    Send,
    /// Reads nothing of what it gets, and sends a byte now and then.
    Ignore,
    /// Sends a request without end by HTTP/1.1.
    Post,
    /// Sends eight of them over one connection, by HTTP/2.
    PostStreams,
}

/// What became of a flood's connections so far.
#[derive(Debug, Default)]
pub struct Counts {
    /// The gateway took them.
    pub taken: AtomicU64,
    /// It did not, or ended the handshake.
    pub refused: AtomicU64,
    /// It closed them later.
    pub closed: AtomicU64,
}

impl Counts {
    /// How many it did not take, or closed.
    pub fn shed(&self) -> u64 {
        self.refused.load(Ordering::Relaxed) + self.closed.load(Ordering::Relaxed)
    }
}

/// Clients at work. They end when this is dropped.
pub struct Flood {
    pub counts: Arc<Counts>,
    _working: Background,
}

impl Flood {
    /// Starts as many clients for each service as there are in `clients`.
    pub fn start(client: &MeshClient, gateway: SocketAddr, clients: &[(&str, Does, usize)]) -> Result<Self> {
        let counts = Arc::new(Counts::default());
        let mut all = Vec::new();
        for (service, does, number) in clients {
            let (config, name) = client.tls(service, &Greeting::default())?;
            for _ in 0..*number {
                let target = Target { gateway, config: Arc::clone(&config), name: name.clone() };
                all.push((target, *does, Arc::clone(&counts)));
            }
        }
        let working = Background::run(move || async move {
            let tasks: Vec<_> = all
                .into_iter()
                .map(|(target, does, counts)| tokio::spawn(async move { target.go_on(does, &counts).await }))
                .collect();
            for task in tasks {
                drop(task.await);
            }
        })?;
        Ok(Self { counts, _working: working })
    }
}

struct Target {
    gateway: SocketAddr,
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl Target {
    async fn go_on(&self, does: Does, counts: &Counts) {
        loop {
            let counter = match timeout(Duration::from_secs(20), self.connect()).await {
                Ok(Ok(stream)) => {
                    counts.taken.fetch_add(1, Ordering::Relaxed);
                    drop(work(stream, does).await);
                    &counts.closed
                }
                Ok(Err(_)) | Err(_) => &counts.refused,
            };
            counter.fetch_add(1, Ordering::Relaxed);
            sleep(PAUSE).await;
        }
    }

    async fn connect(&self) -> Result<TlsStream<TcpStream>> {
        let socket = TcpStream::connect(self.gateway).await?;
        Ok(TlsConnector::from(Arc::clone(&self.config)).connect(self.name.clone(), socket).await?)
    }
}

/// Returns only once the gateway has closed the connection.
async fn work(mut stream: TlsStream<TcpStream>, does: Does) -> Result<()> {
    match does {
        Does::Send => loop {
            stream.write_all(&PART).await?;
        },
        Does::Ignore => loop {
            stream.write_all(b"x").await?;
            stream.flush().await?;
            sleep(Duration::from_secs(2)).await;
        },
        Does::Post => {
            let head = b"POST / HTTP/1.1\r\nHost: mesh\r\nContent-Length: 1099511627776\r\n\r\n";
            stream.write_all(head).await?;
            loop {
                stream.write_all(&PART).await?;
            }
        }
        Does::PostStreams => {
            let (mut sender, connection) = h2::client::handshake(stream).await?;
            let posting = async move {
                let mut bodies = Vec::new();
                for _ in 0..8 {
                    std::future::poll_fn(|context| sender.poll_ready(context)).await?;
                    let request = http::Request::post("https://mesh/").body(())?;
                    bodies.push(sender.send_request(request, false)?);
                }
                loop {
                    for (_, body) in &mut bodies {
                        body.reserve_capacity(PART.len());
                        let room = std::future::poll_fn(|context| body.poll_capacity(context));
                        // A full one must not stop the others.
                        if let Ok(room) = timeout(Duration::from_millis(100), room).await {
                            let room = room.context("the stream has ended")??;
                            body.send_data(PART[..room.min(PART.len())].into(), false)?;
                        }
                    }
                }
            };
            tokio::select! {
                ended = posting => ended,
                ended = connection => Ok(ended?),
            }
        }
    }
}
