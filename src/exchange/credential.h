// What a client system is handed once: its secret, and a line for the terminal that makes a first
// signed call with openssl and curl alone.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "exchange/gateway_snapshot.h"
#include "exchange/grant.h"
#include "store/database.h"

namespace shu::exchange {

/// The key of a row that a grant reaches, with the row's subject.
struct ExampleKey {
    std::vector<std::pair<std::string, std::string>> fields;  ///< name, value as a query writes it
    std::string subject;
};

/// Some row's key; without fields when no row passes the filter. Errors: the store's.
Result<ExampleKey> example_key(store::Transaction& tx, const record::Dataset& dataset,
                               const RowFilter& rows);

struct CurlTarget {
    std::string scheme;  ///< http or https
    std::string host;    ///< as the client reaches this server: name or address, with the port
    std::string client_id;
    std::string secret;
    std::string dataset;
};

/// One bash line: a timestamp, a nonce, the signature by openssl, the call by curl. Errors: Invalid
/// when `host` is not a plain host and port: it would stand in a command.
Result<std::string> curl_line(const CurlTarget& target, const ExampleKey& key);

}  // namespace shu::exchange
