// Finds a work that calls its own database again: it could wait for the connection that it holds
// itself.
#pragma once

#include "foundation/result.h"

namespace shu::store {

/// Stands for a running work on its thread, from construction to destruction.
class RunningWork {
 public:
    explicit RunningWork(const void* database) : database_(database), outer_(innermost()) {
        innermost() = this;
    }
    ~RunningWork() { innermost() = outer_; }
    RunningWork(const RunningWork&) = delete;
    RunningWork& operator=(const RunningWork&) = delete;

    /// Errors: Invalid inside a work of `database`.
    static Result<void> refuse_inside(const void* database) {
        for (const RunningWork* work = innermost(); work != nullptr; work = work->outer_) {
            if (work->database_ == database)
                return invalid("a work may not call read() or write() of its database again");
        }
        return {};
    }

 private:
    static const RunningWork*& innermost() {
        thread_local const RunningWork* work = nullptr;
        return work;
    }

    const void* database_;
    const RunningWork* outer_;
};

}  // namespace shu::store
