//! termgate runs a Consul terminating gateway.
//!
//! Data flows one way: flags and environment → `settings` → facts (a `snapshot` of Consul, gathered by
//! `collect`) → pure rendering → output and Envoy (`serve`, `envoy`). Input and output happen at the
//! edges, the core is pure functions over typed data.

#![forbid(unsafe_code)]

mod address_guard;
mod agent_keys;
#[cfg(test)]
mod arrows;
mod bootstrap;
mod boringssl;
mod cli;
mod collect;
mod commands;
mod compat;
mod config_entry;
mod consul;
mod consul_version;
mod doctor;
mod egress;
mod envoy;
mod envoy_api;
mod error;
mod excerpt;
mod explain;
mod finding;
mod gateway;
mod go;
mod gotemplate;
mod graph;
mod hcl;
mod http;
mod intentions;
mod monitor;
mod names;
mod nearest;
mod output;
mod proxy_config;
mod render;
mod rights;
mod secret;
mod serve;
mod settings;
mod snapshot;
mod sockaddr;
mod status;
mod system;
mod tls_files;
mod upstream;
mod visible;

pub use crate::cli::main;
pub use crate::settings::env::{Env, ProcessEnv};
pub use crate::system::stdout::note_whether_closed as note_whether_stdout_is_closed;

/// For the tests and benchmarks of this package only: it changes without notice.
#[doc(hidden)]
pub mod testing {
    pub mod address_guard {
        pub use crate::address_guard::{Form, Reading, readings};
    }
    pub mod bootstrap {
        pub use crate::bootstrap::{
            AccessLogs, Authorities, Bootstrap, BootstrapForm, BootstrapOptions, GrpcEndpoint, GrpcPort,
            XdsSource, agent_grpc, assemble, bootstrap_form, discover_grpc_address, render,
        };
        pub mod check {
            pub use crate::bootstrap::check::check;
        }
    }
    pub mod cli {
        pub mod dropin {
            pub mod connect_envoy {
                pub use crate::cli::dropin::connect_envoy::parse;
            }
        }
    }
    pub mod collect {
        pub use crate::collect::{Gateway, once};
        pub mod live {
            pub use crate::collect::live::{Collected, FIRST_LEAVES, Follower, Stage, follow};
        }
    }
    pub mod config_entry {
        pub use crate::config_entry::{
            ConfigEntry, Located, format, locate, read, render, translate, validate,
        };
    }
    pub mod consul {
        pub use crate::consul::Consul;
        pub mod api {
            pub use crate::consul::api::of_answer;
        }
        pub mod facts {
            pub use crate::consul::facts::Agent;
        }
    }
    pub mod consul_version {
        pub use crate::consul_version::ConsulVersion;
    }
    pub mod envoy {
        pub mod version {
            pub use crate::envoy::version::read;
        }
    }
    pub mod envoy_api {
        pub use crate::envoy_api::{
            Address, Cluster, CombinedValidationContext, CommonTlsContext, ConfigSource, DataSource,
            Duration, Filter, FilterChain, FilterChainMatch, FilterConfig, HttpConnectionManager, HttpFilter,
            HttpFilterConfig, Listener, ListenerFilter, ListenerFilterConfig, Rds, ResourceKind,
            RouteConfiguration, SdsSecretConfig, Secret, TcpProxy, TlsParameters, Tracing, TrafficDirection,
            TransportSocket, TransportSocketConfig, UpstreamTlsContext, ValidationContext, VirtualHost,
        };
    }
    pub mod finding {
        pub use crate::finding::{Code, Finding};
    }
    pub mod gateway {
        pub mod address {
            pub use crate::gateway::address::{AddressFlags, GatewayAddresses, default_port, resolve};
        }
        pub mod host_port {
            pub use crate::gateway::host_port::Host;
        }
    }
    pub mod hcl {
        pub use crate::hcl::{Dialect, Language, Object, Source, Value, read};
    }
    pub mod intentions {
        pub use crate::intentions::{Request, Rules, Source, Verdict};
    }
    pub mod proxy_config {
        pub use crate::proxy_config::fill;
    }
    pub mod render {
        pub use crate::render::{
            Incremental, RenderOptions, Rendered, Resources, ServiceResources, StaticOptions, render,
            static_config,
        };
    }
    pub mod secret {
        pub use crate::secret::Secret;
    }
    pub mod serve {
        pub use crate::serve::{Encoder, Quarantine, ResourceSet, Server, Silent};
    }
    pub mod settings {
        pub mod connect_envoy {
            pub use crate::settings::connect_envoy::{ConnectEnvoySettings, DEFAULT_ADMIN_PORT};
        }
        pub mod consul {
            pub use crate::settings::consul::{ConsulSettings, HTTP_ADDR, TOKEN};
        }
        pub mod flag {
            pub use crate::settings::flag::Grammar;
        }
        pub mod options {
            pub use crate::settings::options::{Options, Typed};
        }
    }
    pub mod snapshot {
        pub use crate::snapshot::{
            AgentService, GatewayLink, Instance, Intention, ServiceAddress, ServiceName, Snapshot,
        };
        pub mod assemble {
            pub use crate::snapshot::assemble::Answer;
        }
    }
    pub mod sockaddr {
        pub use crate::sockaddr::{Interfaces, render};
    }
    pub mod system {
        pub mod authorities {
            pub use crate::system::authorities::read;
        }
        pub mod clock {
            pub use crate::system::clock::parse;
        }
    }
}
