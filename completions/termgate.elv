
use builtin;
use str;

set edit:completion:arg-completer[termgate] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'termgate'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'termgate'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand run 'Register the gateway, start Envoy with its configuration, and stay until it ends'
            cand bootstrap 'Print Envoy''s bootstrap for a registered gateway'
            cand register 'Register the gateway service with the local agent'
            cand deregister 'Take the gateway service off the local agent'
            cand render 'Print the complete Envoy configuration that direct mode serves'
            cand snapshot 'Save everything of Consul that the gateway''s configuration depends on as one JSON file'
            cand address 'Look at address templates'
            cand config 'Configuration entries'
            cand services 'The services that a gateway leads to'
            cand connect 'Consul''s own `connect` commands'
            cand completions 'Print a shell''s completions'
            cand man 'Write the man pages into a directory, or print termgate''s own'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;run'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --address 'Address inside the datacenter, IP:port; templates such as ''{{ GetInterfaceIP "eth0" }}:8443'' are evaluated [env: TERMGATE_ADDRESS]'
            cand --wan-address 'Address from other datacenters, in the same form [env: TERMGATE_WAN_ADDRESS]'
            cand --bind-address 'Address for Envoy to listen on instead, NAME=IP:port; may be repeated'
            cand --deregister-after-critical 'How long the health check may fail before the agent drops the service'
            cand --service-config 'Service definition file (HCL or JSON), as an agent reads them: tags, meta and Proxy.Config come from it, and the name, id and addresses that no flag gives'
            cand --config 'Service definition file (HCL or JSON), as an agent reads them: tags, meta and Proxy.Config come from it, and the name, id and addresses that no flag gives'
            cand --admin-bind 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]'
            cand --grpc-addr 'The agent''s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: what the agent says]'
            cand --grpc-ca-file 'CA file for TLS to the agent''s gRPC port [env: CONSUL_GRPC_CACERT]'
            cand --grpc-ca-path 'Directory of such CA files [env: CONSUL_GRPC_CAPATH]'
            cand --envoy-ready-bind-address 'IP address of Envoy''s readiness endpoint; needs --envoy-ready-bind-port'
            cand --envoy-ready-bind-port 'Port of Envoy''s readiness endpoint'
            cand --envoy-binary 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --config-source 'Where Envoy''s configuration comes from [env: TERMGATE_CONFIG_SOURCE]'
            cand --snapshot 'Run from a snapshot file, without Consul [env: TERMGATE_SNAPSHOT]'
            cand --wait 'How long to wait for the agent before giving up, such as 30s or 5m [env: TERMGATE_WAIT] [default: 30s]'
            cand --drain-time 'How long open connections may last after SIGTERM; ends early when there are none [env: TERMGATE_DRAIN_TIME] [default: 10s]'
            cand --run-dir 'Private directory for the socket between termgate and Envoy [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm] [env: TERMGATE_RUN_DIR]'
            cand --ready-bind 'Where termgate answers /ready (200 once Envoy serves all resources, else 503 and why), /live and /healthz [env: TERMGATE_READY_BIND]'
            cand --metrics-bind 'Where termgate answers /metrics, in Prometheus'' text format [env: TERMGATE_METRICS_BIND]'
            cand --log-format 'How to log on stderr; json: one object a line, Envoy''s log included [env: TERMGATE_LOG_FORMAT] [default: human]'
            cand --log-level 'How much to log: error, warning, info or debug [env: TERMGATE_LOG_LEVEL] [default: info]'
            cand --allow-address 'In direct mode, serve services at this address or network although no service is meant to have it: a cloud''s metadata endpoint, an unspecified, multicast or broadcast address; repeatable, or with commas [env: TERMGATE_ALLOW_ADDRESS]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --omit-deprecated-tags 'Leave out the metric tags of Consul before 1.9'
            cand --no-central-config 'Leave Proxy.Config out of the bootstrap: that of proxy-defaults and that of the registration'
            cand --ignore-envoy-compatibility 'Start Envoy even if this Consul is not known to support its version'
            cand --no-register 'Use the gateway as it is registered already'
            cand --deregister-on-exit 'Take the gateway out of the catalog when it ends [env: TERMGATE_DEREGISTER_ON_EXIT]'
            cand --replace 'Register the gateway although another one with its id still accepts connections [env: TERMGATE_REPLACE]'
            cand --consul-stats-tags 'In direct mode, have Envoy tag its metrics as Consul''s bootstrap does; costs its start 55 ms a linked service [env: TERMGATE_CONSUL_STATS_TAGS]'
            cand --no-probe 'In direct mode, do not look at external servers that cannot be reached (one TLS handshake or look-up of a name, at most once a minute for each service); less is then known of why [env: TERMGATE_NO_PROBE]'
            cand -v 'Log what is sent, asked again and decided: --log-level debug'
            cand --verbose 'Log what is sent, asked again and decided: --log-level debug'
            cand --system-ca 'Reach services that have an SNI but no CAFile by TLS, with the platform''s CAs, as CAFile = "system" does for a single one [env: TERMGATE_SYSTEM_CA]'
            cand --insecure-disable-path-normalization 'In direct mode, hand on request paths as clients spell them, as `InsecureDisablePathNormalization` of the mesh entry does; `/x/../admin` then gets round intentions on paths [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;bootstrap'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --admin-bind 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]'
            cand --grpc-addr 'The agent''s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: what the agent says]'
            cand --grpc-ca-file 'CA file for TLS to the agent''s gRPC port [env: CONSUL_GRPC_CACERT]'
            cand --grpc-ca-path 'Directory of such CA files [env: CONSUL_GRPC_CAPATH]'
            cand --envoy-ready-bind-address 'IP address of Envoy''s readiness endpoint; needs --envoy-ready-bind-port'
            cand --envoy-ready-bind-port 'Port of Envoy''s readiness endpoint'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand -o 'Write it to a file that only its owner may read (it holds the ACL token)'
            cand --output 'Write it to a file that only its owner may read (it holds the ACL token)'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --omit-deprecated-tags 'Leave out the metric tags of Consul before 1.9'
            cand --no-central-config 'Leave Proxy.Config out of the bootstrap: that of proxy-defaults and that of the registration'
            cand --explain-config 'Print each value of Proxy.Config with where it comes from, instead of the bootstrap'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'termgate;register'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --address 'Address inside the datacenter, IP:port; templates such as ''{{ GetInterfaceIP "eth0" }}:8443'' are evaluated [env: TERMGATE_ADDRESS]'
            cand --wan-address 'Address from other datacenters, in the same form [env: TERMGATE_WAN_ADDRESS]'
            cand --bind-address 'Address for Envoy to listen on instead, NAME=IP:port; may be repeated'
            cand --deregister-after-critical 'How long the health check may fail before the agent drops the service'
            cand --service-config 'Service definition file (HCL or JSON), as an agent reads them: tags, meta and Proxy.Config come from it, and the name, id and addresses that no flag gives'
            cand --config 'Service definition file (HCL or JSON), as an agent reads them: tags, meta and Proxy.Config come from it, and the name, id and addresses that no flag gives'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --dry-run 'Print what would be sent, and send nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'termgate;deregister'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --dry-run 'Say what would be done, and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'termgate;render'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand --snapshot 'Render a snapshot file instead of asking Consul'
            cand --format 'One static configuration that Envoy loads, or the single resources'
            cand --envoy-version 'The Envoy that loads the configuration, such as 1.40.0; without it, what every Envoy takes'
            cand --allow-address 'In direct mode, serve services at this address or network although no service is meant to have it: a cloud''s metadata endpoint, an unspecified, multicast or broadcast address; repeatable, or with commas [env: TERMGATE_ALLOW_ADDRESS]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --with-secrets 'Include private keys'
            cand --check-files 'Close services whose TLS files are missing on this host, as `run` does'
            cand --system-ca 'Reach services that have an SNI but no CAFile by TLS, with the platform''s CAs, as CAFile = "system" does for a single one [env: TERMGATE_SYSTEM_CA]'
            cand --insecure-disable-path-normalization 'In direct mode, hand on request paths as clients spell them, as `InsecureDisablePathNormalization` of the mesh entry does; `/x/../admin` then gets round intentions on paths [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;snapshot'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand -o 'Write to a file that only its owner may read, instead of stdout'
            cand --output 'Write to a file that only its owner may read, instead of stdout'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --with-secrets 'Include private keys'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'termgate;address'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help'
            cand --help 'Print help'
            cand eval 'Print what an address template renders to on this host'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;address;eval'= {
            cand --interfaces 'Use the interfaces of this JSON file instead of this host''s'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'termgate;address;help'= {
            cand eval 'Print what an address template renders to on this host'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;address;help;eval'= {
        }
        &'termgate;address;help;help'= {
        }
        &'termgate;config'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help'
            cand --help 'Print help'
            cand validate 'Check entries without an agent, as Consul''s client and servers do, and for what Consul takes in silence'
            cand fmt 'Rewrite files in canonical form, comments kept; prints the paths of those that changed'
            cand convert 'Print an entry in the other language; what would be lost is an error'
            cand diff 'Compare entries with what Consul has; exit code 10 if anything differs'
            cand apply 'Make Consul''s entries what the files say'
            cand write 'Drop-in for `consul config write`; `-h` lists its flags'
            cand read 'Drop-in for `consul config read`; `-h` lists its flags'
            cand list 'Drop-in for `consul config list`; `-h` lists its flags'
            cand delete 'Drop-in for `consul config delete`; `-h` lists its flags'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;config;validate'= {
            cand --output 'How to print the findings'
            cand --consul-version 'The Consul release whose rules count [default: that of the agent (CONSUL_HTTP_ADDR) if it answers at once, else the newest known]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --strict 'Take warnings for errors'
            cand --check-files 'Look at the TLS files that linked services name, as this host has them: run it where the gateway runs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;config;fmt'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --check 'Write nothing; print the paths of the files that would change, and exit with 1 if there are any'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'termgate;config;convert'= {
            cand --to 'The language to write'
            cand -o 'Write to this file instead of standard output'
            cand --output 'Write to this file instead of standard output'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;config;diff'= {
            cand --owner 'Who applies these entries: `termgate-owner = NAME` goes into their Meta, and entries of another owner are left alone'
            cand --output 'How to print the result; json: one line an entry'
            cand --consul-version 'The Consul release whose rules count [default: the agent''s]'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --prune 'Delete the entries of this --owner that no file has any more; others are never deleted'
            cand --plan 'Show what changes in Envoy, too: filter chains, clusters, TLS of the gateways that this agent has'
            cand --strict 'Take warnings for errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;config;apply'= {
            cand --owner 'Who applies these entries: `termgate-owner = NAME` goes into their Meta, and entries of another owner are left alone'
            cand --output 'How to print the result; json: one line an entry'
            cand --consul-version 'The Consul release whose rules count [default: the agent''s]'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --prune 'Delete the entries of this --owner that no file has any more; others are never deleted'
            cand --plan 'Show what changes in Envoy, too: filter chains, clusters, TLS of the gateways that this agent has'
            cand --strict 'Take warnings for errors'
            cand --dry-run 'Show what would change, and write nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;config;write'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
        }
        &'termgate;config;read'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
        }
        &'termgate;config;list'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
        }
        &'termgate;config;delete'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
        }
        &'termgate;config;help'= {
            cand validate 'Check entries without an agent, as Consul''s client and servers do, and for what Consul takes in silence'
            cand fmt 'Rewrite files in canonical form, comments kept; prints the paths of those that changed'
            cand convert 'Print an entry in the other language; what would be lost is an error'
            cand diff 'Compare entries with what Consul has; exit code 10 if anything differs'
            cand apply 'Make Consul''s entries what the files say'
            cand write 'Drop-in for `consul config write`; `-h` lists its flags'
            cand read 'Drop-in for `consul config read`; `-h` lists its flags'
            cand list 'Drop-in for `consul config list`; `-h` lists its flags'
            cand delete 'Drop-in for `consul config delete`; `-h` lists its flags'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;config;help;validate'= {
        }
        &'termgate;config;help;fmt'= {
        }
        &'termgate;config;help;convert'= {
        }
        &'termgate;config;help;diff'= {
        }
        &'termgate;config;help;apply'= {
        }
        &'termgate;config;help;write'= {
        }
        &'termgate;config;help;read'= {
        }
        &'termgate;config;help;list'= {
        }
        &'termgate;config;help;delete'= {
        }
        &'termgate;config;help;help'= {
        }
        &'termgate;services'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help'
            cand --help 'Print help'
            cand link 'Link a service to a gateway, or edit its link: the gateway''s entry is made if there is none, and nothing else of it is touched'
            cand unlink 'Take a service off a gateway''s entry; everything else of it stays as it is'
            cand list 'List what a gateway leads to, wildcards expanded'
            cand register 'Register a service outside the mesh in the catalog, on a node that no agent has'
            cand deregister 'Take a service outside the mesh out of the catalog'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;services;link'= {
            cand --gateway 'Service name of the gateway, which its entry has, too [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --ca-file 'Path, on the gateway''s host, of the CA certificates the service is verified by; '''' takes it away'
            cand --cert-file 'Path of the client certificate towards the service, for mutual TLS'
            cand --key-file 'Path of its private key'
            cand --sni 'Host name for the TLS handshake, which the service''s certificate is checked for'
            cand --disable-auto-host-rewrite 'Leave the Host header of requests alone (Consul 1.18 or newer); =false takes it back'
            cand --service-namespace 'Enterprise namespace of the service'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --agent-ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --agent-ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --agent-client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --agent-client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --agent-tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace of the gateway''s entry [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition of the gateway''s entry [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --strict 'Take warnings for errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;unlink'= {
            cand --gateway 'Service name of the gateway, which its entry has, too [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-namespace 'Enterprise namespace of the service'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;list'= {
            cand --gateway 'Service name of the gateway, which its entry has, too [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;register'= {
            cand --node 'The node of the catalog it is on; a node with an agent is refused'
            cand --id 'Id of the instance, where a service has several [default: the service''s name]'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand --address 'Host name or IP address of the service'
            cand --port 'Its TCP port'
            cand --tag 'A tag; may be repeated'
            cand --meta 'A pair of its metadata; may be repeated'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --dry-run 'Print what would be sent, and send nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;deregister'= {
            cand --node 'The node of the catalog it is on; a node with an agent is refused'
            cand --id 'Id of the instance, where a service has several [default: the service''s name]'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --dry-run 'Print what would be sent, and send nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;help'= {
            cand link 'Link a service to a gateway, or edit its link: the gateway''s entry is made if there is none, and nothing else of it is touched'
            cand unlink 'Take a service off a gateway''s entry; everything else of it stays as it is'
            cand list 'List what a gateway leads to, wildcards expanded'
            cand register 'Register a service outside the mesh in the catalog, on a node that no agent has'
            cand deregister 'Take a service outside the mesh out of the catalog'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;services;help;link'= {
        }
        &'termgate;services;help;unlink'= {
        }
        &'termgate;services;help;list'= {
        }
        &'termgate;services;help;register'= {
        }
        &'termgate;services;help;deregister'= {
        }
        &'termgate;services;help;help'= {
        }
        &'termgate;connect'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help'
            cand --help 'Print help'
            cand envoy 'Drop-in for `consul connect envoy -gateway=terminating`; `-h` lists its flags'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;connect;envoy'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
        }
        &'termgate;connect;help'= {
            cand envoy 'Drop-in for `consul connect envoy -gateway=terminating`; `-h` lists its flags'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;connect;help;envoy'= {
        }
        &'termgate;connect;help;help'= {
        }
        &'termgate;completions'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'termgate;man'= {
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'termgate;help'= {
            cand run 'Register the gateway, start Envoy with its configuration, and stay until it ends'
            cand bootstrap 'Print Envoy''s bootstrap for a registered gateway'
            cand register 'Register the gateway service with the local agent'
            cand deregister 'Take the gateway service off the local agent'
            cand render 'Print the complete Envoy configuration that direct mode serves'
            cand snapshot 'Save everything of Consul that the gateway''s configuration depends on as one JSON file'
            cand address 'Look at address templates'
            cand config 'Configuration entries'
            cand services 'The services that a gateway leads to'
            cand connect 'Consul''s own `connect` commands'
            cand completions 'Print a shell''s completions'
            cand man 'Write the man pages into a directory, or print termgate''s own'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;help;run'= {
        }
        &'termgate;help;bootstrap'= {
        }
        &'termgate;help;register'= {
        }
        &'termgate;help;deregister'= {
        }
        &'termgate;help;render'= {
        }
        &'termgate;help;snapshot'= {
        }
        &'termgate;help;address'= {
            cand eval 'Print what an address template renders to on this host'
        }
        &'termgate;help;address;eval'= {
        }
        &'termgate;help;config'= {
            cand validate 'Check entries without an agent, as Consul''s client and servers do, and for what Consul takes in silence'
            cand fmt 'Rewrite files in canonical form, comments kept; prints the paths of those that changed'
            cand convert 'Print an entry in the other language; what would be lost is an error'
            cand diff 'Compare entries with what Consul has; exit code 10 if anything differs'
            cand apply 'Make Consul''s entries what the files say'
            cand write 'Drop-in for `consul config write`; `-h` lists its flags'
            cand read 'Drop-in for `consul config read`; `-h` lists its flags'
            cand list 'Drop-in for `consul config list`; `-h` lists its flags'
            cand delete 'Drop-in for `consul config delete`; `-h` lists its flags'
        }
        &'termgate;help;config;validate'= {
        }
        &'termgate;help;config;fmt'= {
        }
        &'termgate;help;config;convert'= {
        }
        &'termgate;help;config;diff'= {
        }
        &'termgate;help;config;apply'= {
        }
        &'termgate;help;config;write'= {
        }
        &'termgate;help;config;read'= {
        }
        &'termgate;help;config;list'= {
        }
        &'termgate;help;config;delete'= {
        }
        &'termgate;help;services'= {
            cand link 'Link a service to a gateway, or edit its link: the gateway''s entry is made if there is none, and nothing else of it is touched'
            cand unlink 'Take a service off a gateway''s entry; everything else of it stays as it is'
            cand list 'List what a gateway leads to, wildcards expanded'
            cand register 'Register a service outside the mesh in the catalog, on a node that no agent has'
            cand deregister 'Take a service outside the mesh out of the catalog'
        }
        &'termgate;help;services;link'= {
        }
        &'termgate;help;services;unlink'= {
        }
        &'termgate;help;services;list'= {
        }
        &'termgate;help;services;register'= {
        }
        &'termgate;help;services;deregister'= {
        }
        &'termgate;help;connect'= {
            cand envoy 'Drop-in for `consul connect envoy -gateway=terminating`; `-h` lists its flags'
        }
        &'termgate;help;connect;envoy'= {
        }
        &'termgate;help;completions'= {
        }
        &'termgate;help;man'= {
        }
        &'termgate;help;help'= {
        }
    ]
    $completions[$command]
}
