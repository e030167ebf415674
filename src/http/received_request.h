// The request of a connection: one object, used again for every request that arrives on it.
#pragma once

#include "http/message.h"
#include "http/request_parser.h"

namespace shu::http {

class ReceivedRequest final : public Request {
 public:
    explicit ReceivedRequest(const Head& head) : head_(head) {}

    std::string_view header(std::string_view name) const override { return head_.field(name); }
    const Head& head() const { return head_; }

    std::string decoded_path;  ///< storage for `path` where it had to be decoded

 private:
    const Head& head_;
};

}  // namespace shu::http
