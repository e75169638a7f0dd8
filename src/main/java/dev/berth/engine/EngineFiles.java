package dev.berth.engine;

import dev.berth.model.ContainerId;
import dev.berth.model.FileStat;

/// What an engine does with the files inside a container, whether it runs or not. They travel as tar both ways.
///
/// Engines hold the container's lock while a tar is under way: until it ends, an inspect of that container waits.
///
/// Every method throws `NotFound` (`no-such-container`, `no-such-file`) where there is nothing.
public interface EngineFiles {
    /// What is at a path; a link at its end is not followed.
    FileStat stat(ContainerId id, String path);

    /// A file, a link as such, or a folder with all that is in it. Waits for the beginning.
    EngineDownload read(ContainerId id, String path);

    /// A tar to be unpacked into a folder, or a link to one. What is there is replaced, but no folder by a file. Waits
    /// for nothing yet.
    EngineUpload write(ContainerId id, String folder);
}
