
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
            cand --service-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --address 'Address inside the datacenter; may be a template [env: TERMGATE_ADDRESS]'
            cand --wan-address 'Address for other datacenters, in the same form [env: TERMGATE_WAN_ADDRESS]'
            cand --bind-address 'Address that Envoy listens on instead of --address; repeatable'
            cand --deregister-after-critical 'How long the health check may fail before the agent drops the service [default: 6h]'
            cand --service-config 'Service definition file (HCL or JSON), as an agent reads them'
            cand --config 'Service definition file (HCL or JSON), as an agent reads them'
            cand --admin-bind 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]'
            cand --grpc-addr 'The agent''s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: what the agent says]'
            cand --grpc-ca-file 'CA file for TLS to the agent''s gRPC port [env: CONSUL_GRPC_CACERT]'
            cand --grpc-ca-path 'Directory of CA files for TLS to the gRPC port [env: CONSUL_GRPC_CAPATH]'
            cand --envoy-ready-bind-address 'IP address of Envoy''s readiness endpoint'
            cand --envoy-ready-bind-port 'Port of Envoy''s readiness endpoint'
            cand --envoy-binary 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --config-source 'Where Envoy''s configuration comes from [env: TERMGATE_CONFIG_SOURCE] [default: auto]'
            cand --snapshot 'Take Consul''s state from a snapshot file instead of an agent [env: TERMGATE_SNAPSHOT]'
            cand --wait 'How long to wait for the agent before giving up, such as 5m [env: TERMGATE_WAIT] [default: 30s]'
            cand --drain-time 'How long open connections may last after SIGTERM [env: TERMGATE_DRAIN_TIME] [default: 10s]'
            cand --run-dir 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]'
            cand --ready-bind 'Where termgate answers /ready, /live and /healthz [env: TERMGATE_READY_BIND]'
            cand --metrics-bind 'Where termgate answers /metrics, in Prometheus'' text format [env: TERMGATE_METRICS_BIND]'
            cand --log-format 'How to log on stderr [env: TERMGATE_LOG_FORMAT] [default: human]'
            cand --log-level 'How much to log [env: TERMGATE_LOG_LEVEL] [default: info]'
            cand --allow-address 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]'
            cand --suppress 'Hide the findings of a code, or those about one subject [env: TERMGATE_SUPPRESS]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --omit-deprecated-tags 'Leave out the metric tags of Consul before 1.9'
            cand --no-central-config 'Leave Proxy.Config out of the bootstrap: that of proxy-defaults and the registration''s own'
            cand --ignore-envoy-compatibility 'Start Envoy even if this Consul is not known to support its version'
            cand --no-register 'Use the gateway as it is registered already'
            cand --deregister-on-exit 'Remove the gateway from the catalog when it ends [env: TERMGATE_DEREGISTER_ON_EXIT]'
            cand --replace 'Register the gateway even if another one with its ID still accepts connections [env: TERMGATE_REPLACE]'
            cand --consul-stats-tags 'In direct mode, tag Envoy''s metrics as Consul''s bootstrap does [env: TERMGATE_CONSUL_STATS_TAGS]'
            cand --no-probe 'In direct mode, do not probe external servers that cannot be reached [env: TERMGATE_NO_PROBE]'
            cand -v 'Log every request and decision; the same as --log-level debug'
            cand --verbose 'Log every request and decision; the same as --log-level debug'
            cand --system-ca 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
            cand --insecure-disable-path-normalization 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;bootstrap'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --admin-bind 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]'
            cand --grpc-addr 'The agent''s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: what the agent says]'
            cand --grpc-ca-file 'CA file for TLS to the agent''s gRPC port [env: CONSUL_GRPC_CACERT]'
            cand --grpc-ca-path 'Directory of CA files for TLS to the gRPC port [env: CONSUL_GRPC_CAPATH]'
            cand --envoy-ready-bind-address 'IP address of Envoy''s readiness endpoint'
            cand --envoy-ready-bind-port 'Port of Envoy''s readiness endpoint'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand --suppress 'Hide the findings of a code, or those about one subject [env: TERMGATE_SUPPRESS]'
            cand -o 'Write to this file instead of stdout'
            cand --output-file 'Write to this file instead of stdout'
            cand --output 'output'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --omit-deprecated-tags 'Leave out the metric tags of Consul before 1.9'
            cand --no-central-config 'Leave Proxy.Config out of the bootstrap: that of proxy-defaults and the registration''s own'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand --explain-config 'Print each value of Proxy.Config with its origin, instead of the bootstrap'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;register'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --address 'Address inside the datacenter; may be a template [env: TERMGATE_ADDRESS]'
            cand --wan-address 'Address for other datacenters, in the same form [env: TERMGATE_WAN_ADDRESS]'
            cand --bind-address 'Address that Envoy listens on instead of --address; repeatable'
            cand --deregister-after-critical 'How long the health check may fail before the agent drops the service [default: 6h]'
            cand --service-config 'Service definition file (HCL or JSON), as an agent reads them'
            cand --config 'Service definition file (HCL or JSON), as an agent reads them'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand --suppress 'Hide the findings of a code, or those about one subject [env: TERMGATE_SUPPRESS]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand --dry-run 'Print what would be done, and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;deregister'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --dry-run 'Print what would be done, and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;render'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand --snapshot 'Take Consul''s state from a snapshot file instead of an agent'
            cand --format 'One static configuration that Envoy loads, or the single resources'
            cand --envoy-version 'The Envoy that loads the configuration, such as 1.40.0 [default: any]'
            cand --allow-address 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]'
            cand --suppress 'Hide the findings of a code, or those about one subject [env: TERMGATE_SUPPRESS]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --with-secrets 'Include private keys'
            cand --check-files 'Check on this host the TLS files that linked services name, as `run` does'
            cand --system-ca 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
            cand --insecure-disable-path-normalization 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;snapshot'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand -o 'Write to this file instead of stdout'
            cand --output-file 'Write to this file instead of stdout'
            cand --output 'output'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --with-secrets 'Include private keys'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
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
            cand --suppress 'Hide the findings of a code, or those about one subject [env: TERMGATE_SUPPRESS]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
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
            cand --output 'How to print the result'
            cand --consul-version 'The Consul release whose rules count [default: the agent''s]'
            cand --suppress 'Hide the findings of a code, or those about one subject [env: TERMGATE_SUPPRESS]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --check-files 'Check on this host the TLS files that linked services name, as `run` does'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
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
            cand -o 'Write to this file instead of stdout'
            cand --output-file 'Write to this file instead of stdout'
            cand --output 'output'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;config;diff'= {
            cand --owner 'Who applies these entries: `termgate-owner = NAME` goes into their Meta, and entries of another owner are left alone'
            cand --output 'How to print the result'
            cand --consul-version 'The Consul release whose rules count [default: the agent''s]'
            cand --suppress 'Hide the findings of a code, or those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --prune 'Delete the entries of this --owner that no file has any more; others are never deleted'
            cand --plan 'Show what changes in Envoy, too: filter chains, clusters, TLS of the gateways that this agent has'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;config;apply'= {
            cand --owner 'Who applies these entries: `termgate-owner = NAME` goes into their Meta, and entries of another owner are left alone'
            cand --output 'How to print the result'
            cand --consul-version 'The Consul release whose rules count [default: the agent''s]'
            cand --suppress 'Hide the findings of a code, or those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --prune 'Delete the entries of this --owner that no file has any more; others are never deleted'
            cand --plan 'Show what changes in Envoy, too: filter chains, clusters, TLS of the gateways that this agent has'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand --dry-run 'Print what would be done, and do nothing'
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
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --gateway 'gateway'
            cand --service-ca-file 'Path, on the gateway''s host, of the CA certificates that verify the service'
            cand --ca-file 'ca-file'
            cand --service-cert-file 'Path of the client certificate for the service (mutual TLS)'
            cand --cert-file 'cert-file'
            cand --service-key-file 'Path of its private key'
            cand --key-file 'key-file'
            cand --sni 'Host name of the TLS handshake'
            cand --disable-auto-host-rewrite 'Leave the Host header of requests alone (Consul 1.18 or newer); =false takes it back'
            cand --service-namespace 'Enterprise namespace of the service'
            cand --output 'How to print the result'
            cand --suppress 'Hide the findings of a code, or those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --agent-ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --agent-ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --agent-client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --agent-client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --agent-tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;unlink'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --gateway 'gateway'
            cand --service-namespace 'Enterprise namespace of the service'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;list'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --gateway 'gateway'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;register'= {
            cand --node 'The node of the catalog it is on; a node with an agent is refused'
            cand --id 'Id of the instance, where a service has several [default: the service''s name]'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand --suppress 'Hide the findings of a code, or those about one subject [env: TERMGATE_SUPPRESS]'
            cand --address 'Host name or IP address of the service'
            cand --port 'Its TCP port'
            cand --tag 'A tag; may be repeated'
            cand --meta 'A pair of its metadata; may be repeated'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --dry-run 'Print what would be done, and do nothing'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;deregister'= {
            cand --node 'The node of the catalog it is on; a node with an agent is refused'
            cand --id 'Id of the instance, where a service has several [default: the service''s name]'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; wins over --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with such CAs [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of its private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit of all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]'
            cand --dry-run 'Print what would be done, and do nothing'
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
