package dev.berth.engine;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.FileStat;
import dev.berth.model.FileStat.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The fake engine's files: below each container's root whatever a test or an upload has put there. The engine itself
/// is the lock.
public final class FakeFiles implements EngineFiles {
    private final FakeEngine engine;
    private final Map<ContainerId, TreeMap<String, Node>> all = new HashMap<>();
    private final AtomicInteger open = new AtomicInteger();

    /// What the next reads give instead of a path's own tar.
    private Optional<byte[]> served = Optional.empty();

    private static final class Node {
        private final Kind kind;
        private final byte[] content;
        private final String target;

        Node(Kind kind, byte[] content, String target) {
            this.kind = kind;
            this.content = content;
            this.target = target;
        }

        Kind kind() {
            return kind;
        }

        byte[] content() {
            return content;
        }

        String target() {
            return target;
        }
    }

    FakeFiles(FakeEngine engine) {
        this.engine = engine;
    }

    // What a test does to them.

    public void put(ContainerId id, String path, byte[] content) {
        synchronized (engine) {
            root(id).put(path, new Node(Kind.FILE, content, ""));
        }
    }

    public void folder(ContainerId id, String path) {
        synchronized (engine) {
            root(id).put(path, new Node(Kind.FOLDER, new byte[0], ""));
        }
    }

    public void link(ContainerId id, String path, String target) {
        synchronized (engine) {
            root(id).put(path, new Node(Kind.LINK, new byte[0], target));
        }
    }

    public byte[] content(ContainerId id, String path) {
        synchronized (engine) {
            return node(id, path).content();
        }
    }

    /// From now on every path has this tar, or what begins like one.
    public void serve(byte[] tar) {
        synchronized (engine) {
            served = Optional.of(tar);
        }
    }

    /// How many copies have been begun and not closed.
    public int open() {
        return open.get();
    }

    // What they do.

    @Override
    public FileStat stat(ContainerId id, String path) {
        return engine.call(Call.STAT_FILE, () -> shown(id, path));
    }

    @Override
    public EngineDownload read(ContainerId id, String path) {
        return engine.call(Call.READ_FILE, () -> new Download(shown(id, path), tar(id, path)));
    }

    @Override
    public EngineUpload write(ContainerId id, String folder) {
        return new Upload(id, folder);
    }

    private FileStat shown(ContainerId id, String path) {
        Node node = node(id, path);
        String name = path.substring(path.lastIndexOf('/') + 1);
        return new FileStat(
                name,
                node.kind(),
                node.content().length,
                0644,
                Instant.EPOCH,
                Optional.of(node.target()).filter(it -> !it.isEmpty()));
    }

    private byte[] tar(ContainerId id, String path) {
        if (served.isPresent()) return served.get();
        var tar = new TestTar();
        String above = path.substring(0, path.lastIndexOf('/') + 1);
        root(id).forEach((at, node) -> {
            if (!at.equals(path) && !at.startsWith(path + "/")) return;
            String name = at.substring(above.length());
            if (node.kind() == Kind.FOLDER) tar.folder(name);
            else if (node.kind() == Kind.LINK) tar.link(name, node.target());
            else tar.file(name, node.content());
        });
        return tar.bytes();
    }

    private void unpack(ContainerId id, String folder, byte[] tar) {
        if (tar.length % 512 != 0)
            throw new Failure.Rejected("copy-refused", "the engine could not unpack at " + folder)
                    .saidByEngine("Error processing tar file(exit status 1): unexpected EOF");
        TestTar.files(tar).forEach((name, content) -> {
            String path = (folder.equals("/") ? "" : folder) + "/" + name;
            boolean isFolder = name.endsWith("/");
            String at = isFolder ? path.substring(0, path.length() - 1) : path;
            Node old = root(id).get(at);
            if (old != null && old.kind() == Kind.FOLDER && !isFolder)
                throw new Failure.Conflict("not-a-file", "a folder is where a file was to be written")
                        .saidByEngine("cannot overwrite directory \"" + at + "\" with non-directory");
            root(id).put(at, new Node(isFolder ? Kind.FOLDER : Kind.FILE, content, ""));
        });
    }

    private Node node(ContainerId id, String path) {
        Map<String, Node> root = root(id);
        Node node = path.equals("/") ? new Node(Kind.FOLDER, new byte[0], "") : root.get(trimmed(path));
        if (node == null)
            throw new Failure.NotFound("no-such-file", "the container has nothing at " + path)
                    .saidByEngine("Could not find the file " + path + " in container " + id);
        return node;
    }

    private static String trimmed(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private Map<String, Node> root(ContainerId id) {
        if (!engine.has(id))
            throw new Failure.NotFound("no-such-container", "there is no container " + id)
                    .saidByEngine("No such container: " + id);
        return all.computeIfAbsent(id, _ -> new TreeMap<>());
    }

    /// Both sides of a copy: counted while they are open.
    private class Copy implements AutoCloseable {
        private boolean closed;

        Copy() {
            open.incrementAndGet();
        }

        @Override
        public synchronized void close() {
            if (!closed) open.decrementAndGet();
            closed = true;
        }

        synchronized void refuseClosed() {
            if (closed) throw new Failure.Cancelled("cancelled: copy");
        }
    }

    private final class Download extends Copy implements EngineDownload {
        private final FileStat stat;
        private final byte[] tar;
        private int at;

        Download(FileStat stat, byte[] tar) {
            this.stat = stat;
            this.tar = tar;
        }

        @Override
        public FileStat stat() {
            return stat;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            refuseClosed();
            if (at == tar.length) return -1;
            int count = Math.min(length, tar.length - at);
            System.arraycopy(tar, at, into, offset, count);
            at += count;
            return count;
        }
    }

    private final class Upload extends Copy implements EngineUpload {
        private final ContainerId id;
        private final String folder;

        Upload(ContainerId id, String folder) {
            this.id = id;
            this.folder = folder;
        }

        @Override
        public void send(InputStream tar, OptionalLong length) {
            engine.call(Call.WRITE_FILE, () -> {
                Node into = node(id, folder);
                if (into.kind() == Kind.FILE)
                    throw new Failure.Conflict("not-a-folder", folder + " is not a folder")
                            .saidByEngine("extraction point is not a directory");
                return true;
            });
            byte[] bytes = read(tar);
            synchronized (engine) {
                refuseClosed();
                unpack(id, trimmed(folder).isEmpty() ? "/" : trimmed(folder), bytes);
            }
        }

        private static byte[] read(InputStream tar) {
            try {
                return tar.readAllBytes();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }
}
