package dev.berth.web;

import dev.berth.access.Right;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// One method of one path.
///
/// @param pattern such as `/image/{id}`; a last `{id...}` takes the rest of the path, slashes included
/// @param right what the caller must be allowed to do; none needs no token
/// @param query the parameters it knows
/// @param body whether it reads a JSON body
/// @param head whether HEAD is answered too
/// @param atHand of a path without variables: tells when its answer has been made already
public record Route(
        String method,
        PathPattern pattern,
        Optional<Right> right,
        Set<String> query,
        boolean body,
        boolean head,
        Optional<BooleanSupplier> atHand,
        Handler handler) {

    /// Answers a request.
    @FunctionalInterface
    public interface Handler {
        Answer handle(Request request) throws InterruptedException;
    }

    static Route get(String path, Right right, Set<String> query, Handler handler) {
        return new Route(
                "GET", PathPattern.parse(path), Optional.of(right), query, false, true, Optional.empty(), handler);
    }

    static Route open(String path, Handler handler) {
        return new Route(
                "GET", PathPattern.parse(path), Optional.empty(), Set.of(), false, true, Optional.empty(), handler);
    }

    static Route post(String path, Right right, Set<String> query, Handler handler) {
        return new Route(
                "POST", PathPattern.parse(path), Optional.of(right), query, true, false, Optional.empty(), handler);
    }

    /// What it takes is not JSON.
    static Route put(String path, Right right, Set<String> query, Handler handler) {
        return new Route(
                "PUT", PathPattern.parse(path), Optional.of(right), query, false, false, Optional.empty(), handler);
    }

    static Route patch(String path, Right right, Set<String> query, Handler handler) {
        return new Route(
                "PATCH", PathPattern.parse(path), Optional.of(right), query, true, false, Optional.empty(), handler);
    }

    static Route delete(String path, Right right, Set<String> query, Handler handler) {
        return new Route(
                "DELETE", PathPattern.parse(path), Optional.of(right), query, false, false, Optional.empty(), handler);
    }

    /// A GET whose answer is made once for many.
    Route atHand(BooleanSupplier ready) {
        return new Route(method, pattern, right, query, body, head, Optional.of(ready), handler);
    }

    /// A GET that does something, as the original's `updateall` does: HEAD must not.
    Route withoutHead() {
        return new Route(method, pattern, right, query, body, false, atHand, handler);
    }

    /// A POST that needs nothing said.
    Route withoutBody() {
        return new Route(method, pattern, right, query, false, head, atHand, handler);
    }

    /// Whether asking is more than looking: a GET that HEAD may not try is.
    boolean changes() {
        return !head;
    }

    boolean answers(String asked) {
        return method.equals(asked) || (head && asked.equals("HEAD"));
    }
}
