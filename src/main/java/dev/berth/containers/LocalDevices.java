package dev.berth.containers;

import dev.berth.model.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The block devices of this machine, where it is the engine's.
///
/// @param localSocket whether the engine is reached through a socket of this file system
/// @param hostname of this machine
/// @param kernel of this machine
public record LocalDevices(boolean localSocket, String hostname, String kernel) {
    private static final int FILE_TYPE = 0xF000; // S_IFMT of stat(2)
    private static final int BLOCK_DEVICE = 0x6000; // S_IFBLK

    /// Whether the engine's `/dev` is the one we see. A container that was given the socket has another host name.
    boolean areOf(Host engine) {
        return localSocket && hostname.equals(engine.hostname()) && kernel.equals(engine.kernel());
    }

    boolean isBlockDevice(String path) {
        try {
            int mode = (Integer) Files.getAttribute(Path.of(path), "unix:mode");
            return (mode & FILE_TYPE) == BLOCK_DEVICE;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException notThere) {
            return false;
        }
    }
}
