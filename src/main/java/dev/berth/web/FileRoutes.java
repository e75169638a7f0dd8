package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.inside.FileCopies;
import dev.berth.inside.FileDownload;
import dev.berth.inside.FileForm;
import dev.berth.inside.FileOwner;
import dev.berth.inside.FilePath;
import dev.berth.inside.FileUpload;
import dev.berth.model.Failure;
import dev.berth.model.FileStat;
import dev.berth.model.FileStat.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// Files out of containers and into them, as a tar or as the bytes of one.
final class FileRoutes {
    private static final System.Logger LOG = System.getLogger(FileRoutes.class.getName());
    private static final String TAR = "application/x-tar";
    private static final String BYTES = "application/octet-stream";
    private static final String MODE = "mode";
    private static final String HIGHEST_MODE = "7777";

    private final FileCopies copies;

    FileRoutes(FileCopies copies) {
        this.copies = copies;
    }

    /// What a file holds may be a secret, so that seeing a container does not suffice.
    List<Route> routes() {
        return List.of(
                Route.get("/container/{id}/file", Right.OPERATE, Set.of("path"), this::get),
                Route.put("/container/{id}/file", Right.OPERATE, Set.of("path", MODE, "uid", "gid"), this::put));
    }

    private Answer get(Request request) throws InterruptedException {
        String id = request.parameter("id");
        FilePath path = path(request);
        FileForm form = form(request.headers());
        if (request.method().equals("HEAD")) {
            FileStat stat = copies.look(id, path, form);
            boolean bytes = form != FileForm.TAR && stat.kind() == Kind.FILE;
            return described(stat, path, bytes ? OptionalLong.of(stat.size()) : OptionalLong.empty(), _ -> {});
        }
        FileDownload download = copies.download(id, path, form);
        endsWithClient(request.client(), download);
        return described(download.stat(), path, download.length(), stream -> pour(download, path, stream));
    }

    /// The engine's tar, or its answer, must not be waited for when nobody wants it; closing may wait, which the
    /// connection's own thread must not.
    private static void endsWithClient(Client client, AutoCloseable copy) {
        client.onGone(() -> Thread.ofVirtual().name("copy-end").start(() -> {
            try {
                copy.close();
            } catch (Exception failed) {
                LOG.log(Level.WARNING, "a copy that nobody waits for cannot be ended", failed);
            }
        }));
    }

    /// An answer that has begun can only tell of a failure by not being whole.
    private static void pour(FileDownload download, FilePath path, EventStream stream) throws IOException {
        try (download) {
            download.pour(stream::bytes);
        } catch (Failure broken) {
            if (!Thread.currentThread().isInterrupted())
                LOG.log(Level.WARNING, "a copy of {0} broke off: {1}", path, broken.detail());
            throw new IOException(broken);
        }
    }

    private static Answer described(FileStat stat, FilePath path, OptionalLong length, EventStream.Source source) {
        boolean bytes = length.isPresent();
        String name = path.name().equals("/") ? "root" : path.name();
        Answer answer = Answer.stream(bytes ? BYTES : TAR, source)
                .with(
                        "Content-Disposition",
                        "attachment; filename*=UTF-8''" + Percent.encode(bytes ? name : name + ".tar"))
                .with("Last-Modified", HttpDate.once(stat.modified()))
                .with("X-Berth-File-Mode", "%04o".formatted(stat.permissions()))
                .with("X-Content-Type-Options", "nosniff");
        return bytes ? answer.with("Content-Length", Long.toString(length.getAsLong())) : answer;
    }

    private Answer put(Request request) throws InterruptedException {
        String id = request.parameter("id");
        FilePath path = path(request);
        refuseEncoded(request.headers());
        String type = request.headers()
                .first("Content-Type")
                .map(FileRoutes::mediaType)
                .orElse(BYTES);
        switch (type) {
            case TAR -> {
                for (String name : List.of(MODE, "uid", "gid"))
                    if (request.query().one(name).isPresent())
                        throw new Failure.Invalid(name, "says something of one file; in a tar each has its own");
                try (FileUpload upload = copies.unpack(id, path)) {
                    send(request, upload);
                }
            }
            case BYTES -> {
                FileOwner owner = owner(request.query());
                long length = request.body().length();
                if (length < 0) throw HttpRefusal.lengthRequired();
                try (FileUpload upload = copies.write(id, path, length, owner)) {
                    send(request, upload);
                }
            }
            default -> throw HttpRefusal.unsupportedMediaType(TAR + " or " + BYTES, type);
        }
        return Answer.noContent();
    }

    private static void send(Request request, FileUpload upload) {
        endsWithClient(request.client(), upload);
        long length = request.body().length();
        try (InputStream body = request.body().stream()) {
            upload.send(body, length < 0 ? OptionalLong.empty() : OptionalLong.of(length));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static FilePath path(Request request) {
        return FilePath.parse(request.query()
                .one("path")
                .orElseThrow(() -> new Failure.Invalid("path", "is needed: which file or folder of the container?")));
    }

    /// Whoever takes anything, or names both, gets what the path is.
    private static FileForm form(Request.Headers headers) {
        boolean tar = Negotiation.takes(headers, TAR);
        boolean bytes = Negotiation.takes(headers, BYTES);
        if (tar == bytes) return FileForm.NATURAL;
        return tar ? FileForm.TAR : FileForm.BYTES;
    }

    private static String mediaType(String header) {
        int semicolon = header.indexOf(';');
        return (semicolon < 0 ? header : header.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }

    /// What would be stored is the compressed form, which nobody means.
    private static void refuseEncoded(Request.Headers headers) {
        headers.first("Content-Encoding")
                .filter(it -> !it.strip().equalsIgnoreCase("identity"))
                .ifPresent(it -> {
                    throw HttpRefusal.unsupportedMediaType("sent without Content-Encoding", it);
                });
    }

    private static FileOwner owner(Query query) {
        return new FileOwner(mode(query), number(query, "uid"), number(query, "gid"));
    }

    private static OptionalInt mode(Query query) {
        Optional<String> text = query.one(MODE);
        if (text.isEmpty()) return OptionalInt.empty();
        if (!text.get().matches("[0-7]{1,5}") || Integer.parseInt(text.get(), 8) > Integer.parseInt(HIGHEST_MODE, 8))
            throw new Failure.Invalid(MODE, "must be octal as for chmod, from 0 to " + HIGHEST_MODE);
        return OptionalInt.of(Integer.parseInt(text.get(), 8));
    }

    private static int number(Query query, String name) {
        String text = query.one(name).orElse("0");
        if (!text.matches("\\d{1,10}") || Long.parseLong(text) > Integer.MAX_VALUE)
            throw new Failure.Invalid(name, "must be a number from 0 to " + Integer.MAX_VALUE);
        return Integer.parseInt(text);
    }
}
