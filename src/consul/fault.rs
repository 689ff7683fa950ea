//! The kind of fault behind a failed connection.

use std::error::Error as StdError;
use std::io;

use rustls::{AlertDescription, CertificateError, Error as TlsError};

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing listens there.
    Refused,
    /// The name is not known.
    UnknownHost,
    /// No connection within the time for one.
    Silent,
    /// No route to the host or its network.
    Unreachable,
    /// The socket file does not exist.
    NoSocket,
    /// The socket file is not for this user.
    SocketDenied,
    /// The connection was closed before an answer.
    Closed,
    /// The certificate has other names.
    WrongName,
    /// No known CA signed the certificate.
    UnknownCa,
    /// The certificate or its CA's has expired.
    Expired,
    /// The certificate or its CA's is not valid yet.
    NotYetValid,
    /// The server refuses the client for its certificate, or for not having one.
    ClientCertificate,
    /// The server does not speak TLS.
    NotTls,
    /// The two sides have no version, cipher or curve of TLS in common.
    NothingInCommon,
    /// Another failure of TLS.
    Tls,
    /// Something else.
    Other,
}

impl Fault {
    /// Finds it in an error and its causes.
    pub fn of(error: &(dyn StdError + 'static)) -> Self {
        let mut found = Self::Other;
        for cause in causes(error) {
            if let Some(error) = cause.downcast_ref::<TlsError>() {
                return Self::of_tls(error);
            }
            if let Some(error) = cause.downcast_ref::<hyper::Error>()
                && (error.is_incomplete_message() || error.is_closed() || error.is_canceled())
            {
                found = Self::Closed;
            }
            if let Some(error) = cause.downcast_ref::<io::Error>() {
                found = match error.kind() {
                    io::ErrorKind::ConnectionRefused => Self::Refused,
                    io::ErrorKind::TimedOut => Self::Silent,
                    io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Self::Unreachable,
                    io::ErrorKind::NotFound => Self::NoSocket,
                    io::ErrorKind::PermissionDenied => Self::SocketDenied,
                    io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::UnexpectedEof => Self::Closed,
                    _ => found,
                };
            }
            // The standard library has no kind of error for it, and hyper-util's own type is private.
            if cause.to_string().starts_with("dns error") {
                return Self::UnknownHost;
            }
        }
        found
    }

    fn of_tls(error: &TlsError) -> Self {
        match error {
            TlsError::InvalidCertificate(error) => match error {
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    Self::WrongName
                }
                CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownCa,
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                    Self::NotYetValid
                }
                // webpki: a certificate that is both its own CA and the server's.
                error if error.to_string().contains("CaUsedAsEndEntity") => Self::UnknownCa,
                _ => Self::Tls,
            },
            TlsError::AlertReceived(alert) => match alert {
                AlertDescription::CertificateRequired
                | AlertDescription::BadCertificate
                | AlertDescription::UnsupportedCertificate
                | AlertDescription::CertificateRevoked
                | AlertDescription::CertificateExpired
                | AlertDescription::CertificateUnknown
                | AlertDescription::UnknownCA
                | AlertDescription::AccessDenied => Self::ClientCertificate,
                AlertDescription::HandshakeFailure
                | AlertDescription::ProtocolVersion
                | AlertDescription::InsufficientSecurity => Self::NothingInCommon,
                _ => Self::Tls,
            },
            TlsError::InvalidMessage(_) => Self::NotTls,
            TlsError::PeerIncompatible(_) => Self::NothingInCommon,
            _ => Self::Tls,
        }
    }
}

/// An error and what is behind it. An I/O error names only the causes of the error that it wraps, not this itself.
fn causes<'error>(
    error: &'error (dyn StdError + 'static),
) -> impl Iterator<Item = &'error (dyn StdError + 'static)> {
    let next = |error: &&'error (dyn StdError + 'static)| {
        let error = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
            None => error.source(),
        }
    };
    std::iter::successors(Some(error), next)
}
