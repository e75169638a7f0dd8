package dev.berth.web;

import dev.berth.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a route answers: a status, headers, and a body that may be compressed and tagged on its way out.
///
/// @param tagged whether it is the present state of a resource: it gets an `ETag` and can be 304
/// @param gzip whether the body goes out compressed
/// @param events instead of a body, what streams for as long as both sides like
/// @param close whether the connection must end, because a body was left unread
public record Answer(
        int status,
        String contentType,
        Optional<Rendered> body,
        Optional<EventStream.Source> events,
        List<Header> headers,
        boolean tagged,
        boolean gzip,
        boolean close) {
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";

    /// A header to send.
    public record Header(String name, String value) {}

    /// The present state of a resource, for a GET.
    static Answer state(Rendered body) {
        return new Answer(200, JSON, Optional.of(body), Optional.empty(), List.of(), true, false, false);
    }

    static Answer state(Json body) {
        return state(Rendered.of(body));
    }

    static Answer json(int status, Json body) {
        return new Answer(
                status, JSON, Optional.of(Rendered.of(body)), Optional.empty(), List.of(), false, false, false);
    }

    static Answer problem(int status, Json body) {
        return new Answer(
                status, PROBLEM, Optional.of(Rendered.of(body)), Optional.empty(), List.of(), false, false, false);
    }

    static Answer html(int status, String page) {
        return new Answer(
                status, HTML, Optional.of(Rendered.text(page)), Optional.empty(), List.of(), false, false, false);
    }

    /// Text of this moment, for who asked.
    static Answer text(String contentType, Rendered body) {
        return new Answer(200, contentType, Optional.of(body), Optional.empty(), List.of(), false, false, false);
    }

    /// A file that is part of the server.
    static Answer file(String contentType, Rendered body) {
        return new Answer(200, contentType, Optional.of(body), Optional.empty(), List.of(), true, false, false);
    }

    /// Server-Sent Events. What lies between must neither keep them nor wait for more of them.
    static Answer events(EventStream.Source events) {
        return new Answer(200, EventStream.TYPE, Optional.empty(), Optional.of(events), List.of(), false, false, false)
                .with("X-Accel-Buffering", "no");
    }

    /// Bytes that come as they come: in chunks, or as many as a `Content-Length` among the headers says.
    static Answer stream(String contentType, EventStream.Source bytes) {
        return new Answer(200, contentType, Optional.empty(), Optional.of(bytes), List.of(), false, false, false);
    }

    /// Text that streams.
    static Answer text(EventStream.Source source) {
        return new Answer(200, TEXT, Optional.empty(), Optional.of(source), List.of(), false, false, false)
                .with("X-Accel-Buffering", "no")
                .with("X-Content-Type-Options", "nosniff");
    }

    static Answer noContent() {
        return new Answer(204, JSON, Optional.empty(), Optional.empty(), List.of(), false, false, false);
    }

    /// What follows is another protocol, which the client has been told of.
    static Answer switching() {
        return new Answer(101, JSON, Optional.empty(), Optional.empty(), List.of(), false, false, false);
    }

    Answer with(String name, String value) {
        return with(List.of(new Header(name, value)));
    }

    Answer with(List<Header> further) {
        if (headers.isEmpty()) return new Answer(status, contentType, body, events, further, tagged, gzip, close);
        var more = new ArrayList<>(headers);
        more.addAll(further);
        return new Answer(status, contentType, body, events, List.copyOf(more), tagged, gzip, close);
    }

    boolean says(String name) {
        return headers.stream().anyMatch(it -> it.name().equals(name));
    }

    Answer compressed() {
        return new Answer(status, contentType, body, events, headers, tagged, true, close);
    }

    /// What goes out behind the headers.
    byte[] bytes() {
        if (body.isEmpty()) return new byte[0];
        return gzip ? body.get().gzip() : body.get().plain();
    }

    Answer closing() {
        return new Answer(status, contentType, body, events, headers, tagged, gzip, true);
    }

    /// Without its body, for a 304.
    Answer notModified() {
        return new Answer(304, contentType, Optional.empty(), Optional.empty(), headers, tagged, false, close);
    }
}
