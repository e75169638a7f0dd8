package dev.berth.inside;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineDownload;
import dev.berth.engine.EngineFiles;
import dev.berth.mirror.Mirror;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.FileStat;
import dev.berth.model.FileStat.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Copies files out of and into containers, running or not.
///
/// Engines hold a container's lock as long as a copy is under way, and its inspects wait for that. So there are
/// never as many copies at a time as the mirror has inspect workers.
public final class FileCopies {
    private static final int AT_A_TIME = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /// The engine follows a link to its end; only one that is changed meanwhile leads to another.
    private static final int MOST_LINKS = 8;

    private static final int NEW_FILE = 0644;

    private final Mirror mirror;
    private final EngineFiles files;
    private final InstantSource clock;
    private final Semaphore places;
    private final Duration patience;

    public FileCopies(Mirror mirror, Engine engine, InstantSource clock) {
        this(mirror, engine, clock, AT_A_TIME, PATIENCE);
    }

    /// @param patience how long a copy waits for its turn
    FileCopies(Mirror mirror, Engine engine, InstantSource clock, int atATime, Duration patience) {
        this.mirror = mirror;
        this.files = engine.files();
        this.clock = clock;
        this.places = new Semaphore(atATime, true);
        this.patience = patience;
    }

    /// What `download` would give, without it.
    public FileStat look(String container, FilePath path, FileForm form) {
        ContainerId id = id(container);
        FileStat stat = files.stat(id, path.toString());
        for (int links = 0; follows(form, stat, links); links++) stat = files.stat(id, target(stat));
        refuseOther(form, stat, path);
        return stat;
    }

    /// Waits until the engine has begun.
    ///
    /// @throws Failure.NotFound (`no-such-container`, `no-such-file`)
    /// @throws Failure.Conflict (`not-a-file`) where bytes are wanted and there is no regular file
    /// @throws Failure.Refused (`too-many-copies`)
    public FileDownload download(String container, FilePath path, FileForm form) throws InterruptedException {
        ContainerId id = id(container);
        Runnable leave = enter();
        Optional<EngineDownload> open = Optional.empty();
        boolean handed = false;
        try {
            EngineDownload found = files.read(id, path.toString());
            open = Optional.of(found);
            for (int links = 0; follows(form, found.stat(), links); links++) {
                found.close();
                found = files.read(id, target(found.stat()));
                open = Optional.of(found);
            }
            refuseOther(form, found.stat(), path);
            boolean bytes = form != FileForm.TAR && found.stat().kind() == Kind.FILE;
            FileDownload download = bytes ? FileDownload.bytes(found, leave) : FileDownload.tar(found, leave);
            handed = true;
            return download;
        } finally {
            if (!handed) {
                open.ifPresent(EngineDownload::close);
                leave.run();
            }
        }
    }

    /// Unpacks a tar into a folder that exists, or a link to one. Links and names in it cannot lead out of the
    /// container: the engine unpacks it with the container's root as its own.
    public FileUpload unpack(String container, FilePath folder) throws InterruptedException {
        ContainerId id = id(container);
        Runnable leave = enter();
        return new FileUpload(files.write(id, folder.toString()), new byte[0], new byte[0], leave);
    }

    /// Writes one file, which is made or replaced; a link is followed, and its target replaced.
    ///
    /// @param length of the file
    /// @throws Failure.NotFound (`no-such-file`) if the folder does not exist
    /// @throws Failure.Conflict (`not-a-file`, `not-a-folder`)
    public FileUpload write(String container, FilePath path, long length, FileOwner owner) throws InterruptedException {
        ContainerId id = id(container);
        Place place = place(id, path);
        int mode = owner.mode()
                .orElseGet(() -> place.there().map(FileStat::permissions).orElse(NEW_FILE));
        byte[] before = FileTar.write(place.path().name(), mode, owner.uid(), owner.gid(), length, clock.instant());
        Runnable leave = enter();
        return new FileUpload(files.write(id, place.path().parent().toString()), before, FileTar.end(length), leave);
    }

    /// Where a file is to be written.
    ///
    /// @param there the file that will be replaced
    private record Place(FilePath path, Optional<FileStat> there) {}

    private Place place(ContainerId id, FilePath path) {
        if (path.folder() || path.parts().isEmpty()) throw notAFile(path);
        FilePath place = path;
        Optional<FileStat> there = find(id, place);
        for (int links = 0; there.isPresent() && follows(FileForm.BYTES, there.get(), links); links++) {
            place = FilePath.parse(target(there.get()));
            there = find(id, place);
        }
        there.ifPresent(it -> refuseOther(FileForm.BYTES, it, path));
        if (there.isEmpty()) folder(id, place.parent());
        return new Place(place, there);
    }

    private Optional<FileStat> find(ContainerId id, FilePath path) {
        try {
            return Optional.of(files.stat(id, path.toString()));
        } catch (Failure.NotFound missing) {
            if (missing.code().equals("no-such-file")) return Optional.empty();
            throw missing;
        }
    }

    /// The folder that a new file will lie in must be there.
    private void folder(ContainerId id, FilePath folder) {
        FileStat stat = files.stat(id, folder.toString());
        for (int links = 0; follows(FileForm.NATURAL, stat, links); links++) stat = files.stat(id, target(stat));
        if (stat.kind() != Kind.FOLDER) throw new Failure.Conflict("not-a-folder", folder + " is not a folder");
    }

    private ContainerId id(String container) {
        return mirror.known().container(container).id();
    }

    private static boolean follows(FileForm form, FileStat stat, int links) {
        return form != FileForm.TAR && stat.kind() == Kind.LINK && stat.target().isPresent() && links < MOST_LINKS;
    }

    private static String target(FileStat stat) {
        return stat.target().orElseThrow();
    }

    private static void refuseOther(FileForm form, FileStat stat, FilePath path) {
        if (form == FileForm.BYTES && stat.kind() != Kind.FILE) throw notAFile(path);
    }

    private static Failure notAFile(FilePath path) {
        return new Failure.Conflict(
                "not-a-file", path + " is not a regular file; ask for, or send, application/x-tar for anything else");
    }

    /// @return what gives the place back, once
    private Runnable enter() throws InterruptedException {
        if (!places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS))
            throw new Failure.Refused("too-many-copies", "as many files as can be are being copied already");
        var left = new AtomicBoolean();
        return () -> {
            if (!left.getAndSet(true)) places.release();
        };
    }
}
