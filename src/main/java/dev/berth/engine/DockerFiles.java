package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.engine.wire.WireDownload;
import dev.berth.engine.wire.WireUpload;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.FileStat;
import java.io.InputStream;
import java.time.Duration;
import java.util.OptionalLong;

/// The archive calls of Docker's API.
final class DockerFiles implements EngineFiles {
    /// For the engine's agreement, for each step of the way, and for the end: the lock may be somebody else's, and a
    /// disk slow.
    private static final Duration PATIENT = Duration.ofMinutes(2);

    private final Conversation conversation;

    DockerFiles(Conversation conversation) {
        this.conversation = conversation;
    }

    @Override
    public FileStat stat(ContainerId id, String path) {
        try (WireDownload head = conversation.download(
                Request.head(archive(id), "look at a file of a container").query("path", path))) {
            head.open();
            return StatJson.read(head);
        } catch (Refused wordless) {
            // An answer to HEAD does not say whether it is the container or the file that is not there.
            try (EngineDownload found = read(id, path)) {
                return found.stat();
            }
        }
    }

    @Override
    public EngineDownload read(ContainerId id, String path) {
        WireDownload wire = conversation.download(Request.get(archive(id), "read files of a container")
                .query("path", path)
                .within(PATIENT));
        try {
            wire.open();
            return new Download(StatJson.read(wire), wire);
        } catch (Refused refused) {
            wire.close();
            throw FileRefusals.of(refused, id, path, "read");
        } catch (Failure broken) {
            wire.close();
            throw broken;
        }
    }

    @Override
    public EngineUpload write(ContainerId id, String folder) {
        return new Upload(
                id,
                folder,
                conversation.upload(Request.put(archive(id), "write files into a container")
                        .query("path", folder)
                        .query("noOverwriteDirNonDir", "true")
                        .header("Content-Type", "application/x-tar")
                        .within(PATIENT)));
    }

    private static String archive(ContainerId id) {
        return "/containers/" + id + "/archive";
    }

    private record Download(FileStat stat, WireDownload wire) implements EngineDownload {
        @Override
        public int read(byte[] into, int offset, int length) {
            return wire.read(into, offset, length);
        }

        @Override
        public void close() {
            wire.close();
        }
    }

    private record Upload(ContainerId id, String folder, WireUpload wire) implements EngineUpload {
        @Override
        public void send(InputStream tar, OptionalLong length) {
            try {
                wire.send(tar, length);
            } catch (Refused refused) {
                throw FileRefusals.of(refused, id, folder, "unpack");
            }
        }

        @Override
        public void close() {
            wire.close();
        }
    }
}
