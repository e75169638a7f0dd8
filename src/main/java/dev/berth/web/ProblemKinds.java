package dev.berth.web;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Every kind of problem with its title and what to do about it; each has a page at `/problem/<code>`.
final class ProblemKinds {
    private record Kind(String title, String explanation) {}

    private static final Map<String, Kind> KINDS = new TreeMap<>(Map.ofEntries(
            kind(
                    "invalid-request",
                    "Invalid request",
                    "Something in the request is wrong in itself. errors names every offending field or query parameter with what would be right; nothing was changed."),
            kind(
                    "no-token",
                    "A token is needed",
                    "Send Authorization: Bearer <token>, or Basic with any user and the token as password. The token is BERTH_TOKEN, or the one kept in the data folder."),
            kind("not-allowed", "Not allowed", "The token is known, but may not do this."),
            kind(
                    "foreign-origin",
                    "Foreign origin",
                    "A web page of another origin tried to use this server through a browser. Only pages of the same host and port may."),
            kind(
                    "host-not-ours",
                    "Not our host name",
                    "The request named a host that this server does not answer to, as a page that has pointed its own name here would. Ask by address, or add the name to the setting hosts."),
            kind("no-such-path", "No such path", "There is no resource of that name."),
            kind("no-such-container", "No such container", "No container has this id, name, or beginning of an id."),
            kind("no-such-image", "No such image", "No image has this id, reference, or beginning of an id."),
            kind("no-such-network", "No such network", "No network has this id, name, or beginning of an id."),
            kind("no-such-volume", "No such volume", "No volume has this name."),
            kind(
                    "network-exists",
                    "Network exists",
                    "A network has this name already. Use it, or choose another name."),
            kind("volume-exists", "Volume exists", "A volume has this name already. Use it, or choose another name."),
            kind(
                    "subnet-taken",
                    "Subnet taken",
                    "The subnet overlaps with one that another network of the engine has. Choose another, or let the engine pick."),
            kind(
                    "network-in-use",
                    "Network in use",
                    "Containers are attached to the network, running or not: without it they could not be started again. containers names them; remove them first."),
            kind(
                    "volume-in-use",
                    "Volume in use",
                    "Containers mount the volume, running or not; containers names them. Remove them first."),
            kind(
                    "network-predefined",
                    "Network of the engine's own",
                    "The engine made this network for itself and needs it. It cannot be removed."),
            kind(
                    "network-refused",
                    "Network refused",
                    "The engine refused to create or remove the network; engine_message has its words."),
            kind(
                    "volume-refused",
                    "Volume refused",
                    "The engine refused to create or remove the volume; engine_message has its words."),
            kind("no-such-job", "No such job", "No job has this id; ended jobs are kept for seven days."),
            kind(
                    "no-such-file",
                    "No such file",
                    "The container has nothing at this path, or at the folder that it should lie in. What the container keeps in memory alone (/proc, /dev, tmpfs) is out of an engine's reach."),
            kind(
                    "not-a-file",
                    "Not a regular file",
                    "Only a regular file has bytes. Ask for a folder, a link as such or a device with Accept: application/x-tar, and send it so."),
            kind(
                    "not-a-folder",
                    "Not a folder",
                    "A tar is unpacked into a folder, and a file lies in one; this is none."),
            kind("read-only", "Read-only", "The container's root or the volume at this path is read-only."),
            kind(
                    "copy-refused",
                    "Copy refused",
                    "The engine could not read or unpack it: what was sent is no whole tar, something in it leads out of the container, or the disk is full. engine_message has its words. Some of it may have been unpacked."),
            kind(
                    "too-many-copies",
                    "Too many copies",
                    "As many files as can be are on their way into or out of containers. Try again when one has ended."),
            kind(
                    "length-required",
                    "Length required",
                    "A file's length must be known before its first byte. Send Content-Length, or a tar, which may come in chunks."),
            kind("no-such-problem", "No such problem", "No kind of problem has this name."),
            kind(
                    "method-not-allowed",
                    "Method not allowed",
                    "The resource is there, but does not know this method; the Allow header names those it knows."),
            kind(
                    "ambiguous-id",
                    "Ambiguous id",
                    "The beginning of an id fits several; candidates names them. Use more digits."),
            kind(
                    "name-taken",
                    "Name taken",
                    "Another container has this name. Remove or rename it, or choose another name."),
            kind(
                    "port-taken",
                    "Port taken",
                    "The host's port is in use, by another container or by a process of the host. Nothing was left behind."),
            kind("address-taken", "Address taken", "Another container has this static address."),
            kind(
                    "image-in-use",
                    "Image in use",
                    "Containers were made from this image; containers names them. ?force=true overrides stopped ones."),
            kind("container-gone", "Container gone", "Somebody removed the container while it was being worked on."),
            kind(
                    "update-under-way",
                    "Update under way",
                    "The container is part of an update. Wait for its job to end, or cancel that: it goes back then."),
            kind(
                    "update-failed",
                    "Update failed",
                    "A step of an update could not be done; the item of its job says which, and what stands now."),
            kind(
                    "update-refused",
                    "Cannot be updated",
                    "There is nothing that this container could follow, or it is not Berth's to replace; detail says which."),
            kind(
                    "container-busy",
                    "Container busy",
                    "The container's present state stands against it; engine_message has the engine's words."),
            kind(
                    "not-enough-memory",
                    "Not enough memory",
                    "What the host has left does not suffice, or others wait for it already. available_bytes says what is left; a lower mem_limit may fit, and ?wait=<seconds> waits for a turn."),
            kind(
                    "memory-below-usage",
                    "Memory below usage",
                    "The container uses more than the new limit would allow it. Choose a higher one, or ?force=true to let the kernel reclaim or kill."),
            kind(
                    "change-refused",
                    "Change refused",
                    "The engine does not make this change on a container; engine_message has its words. Nothing was changed."),
            kind("not-running", "Not running", "The container does not run, so this cannot be done with it."),
            kind(
                    "no-health-check",
                    "No health check",
                    "wait_healthy waits for a health check, and neither the request nor the image has one. Give one in healthcheck, or leave wait_healthy out."),
            kind(
                    "ended-before-healthy",
                    "Ended before it was healthy",
                    "The container was created and started, and ended before its health check succeeded. It stays: id names it, exit_code says how it ended."),
            kind(
                    "not-healthy-in-time",
                    "Not healthy in time",
                    "The container was created and started, and was not healthy when the time of wait_healthy was up. It stays: id names it, health says how it is. The Idempotency-Key, if there was one, gives the container from now on."),
            kind(
                    "idempotency-key-reused",
                    "Idempotency key reused",
                    "The Idempotency-Key was used with another body within the last 24 hours. Use a new key for a new request."),
            kind("body-too-large", "Body too large", "A body must not be larger than 1 MiB, files aside."),
            kind(
                    "unclear-length",
                    "Unclear length",
                    "Where the body ends cannot be told for certain. Send one Content-Length, or Transfer-Encoding: chunked, and nothing else."),
            kind("broken-body", "Broken body", "The body ended before its announced length, or its chunks are none."),
            kind(
                    "unsupported-media-type",
                    "Unsupported media type",
                    "Bodies are application/json in UTF-8, and files application/x-tar or application/octet-stream, without a Content-Encoding."),
            kind(
                    "exec-refused",
                    "Command refused",
                    "The engine could not start the command inside the container; engine_message has its words."),
            kind(
                    "exec-timeout",
                    "Command took too long",
                    "The command did not end within timeout_seconds, and was killed. stdout and stderr hold what it wrote until then."),
            kind(
                    "too-many-execs",
                    "Too many commands",
                    "As many commands and terminals run inside containers through this server as it allows at a time. Try again when one has ended."),
            kind(
                    "upgrade-required",
                    "Upgrade required",
                    "This is a WebSocket: RFC 6455, version 13. For a command without one, POST to the same path."),
            kind(
                    "start-refused",
                    "Start refused",
                    "The engine created the container but could not start it, so it was removed again. engine_message has its words."),
            kind(
                    "create-refused",
                    "Create refused",
                    "The engine refused to create the container; engine_message has its words."),
            kind("engine-refused", "Refused by the engine", "The engine refused; engine_message has its words."),
            kind(
                    "log-unreadable",
                    "Log cannot be read",
                    "The container's log driver, log_driver, sends away what it gets and keeps nothing that could be read. Read it where the driver sends it, or create the container with another driver."),
            kind(
                    "ps-refused",
                    "Refused by ps",
                    "The engine lists processes with ps, which does not take these ps_args; engine_message has its words."),
            kind(
                    "network-not-found",
                    "Network not found",
                    "The engine has no network of that name. Create it first, then the container."),
            kind(
                    "image-not-found",
                    "Image not found",
                    "The registry does not know this image, or does not show it without credentials."),
            kind(
                    "registry-denied",
                    "Registry denied access",
                    "The registry wants credentials, or other ones. Log in with the Docker command line as the server's user, or send X-Registry-Auth."),
            kind(
                    "registry-refused",
                    "Registry refused",
                    "The registry could not be reached or refused; engine_message has the words."),
            kind(
                    "registry-unreachable",
                    "Registry not reachable",
                    "The registry that the image's name begins with does not answer from here or from the engine's machine. Look at the name, the network and the registry itself; detail says how it failed."),
            kind(
                    "registry-limit",
                    "Registry asked too often",
                    "The registry allows only so many requests in a time, and they are used up. Try again later, at retry_after_seconds if it is told; with credentials many registries allow more."),
            kind(
                    "credential-helper-failed",
                    "Credential helper failed",
                    "The Docker configuration of the server's user leaves credentials to a program, docker-credential-<name>, which could not tell them. As that user, echo <registry> | docker-credential-<name> get shows why."),
            kind("registry-unsupported", "Registry cannot be asked", "This engine cannot ask a registry for a digest."),
            kind("pull-refused", "Pull refused", "The engine could not pull the image; engine_message has its words."),
            kind(
                    "engine-too-old",
                    "Engine too old",
                    "The engine speaks no API version that Berth speaks; API 1.40 (Docker 19.03) is the oldest."),
            kind("engine-too-new", "Engine too new", "The engine no longer speaks any API version that Berth speaks."),
            kind(
                    "internal",
                    "Internal error",
                    "An error inside Berth. The server's log has the details under the request's X-Request-Id."),
            kind(
                    "engine-nonsense",
                    "The engine answered nonsense",
                    "The engine answered something that is not its protocol, or an error of its own."),
            kind(
                    "engine-unreachable",
                    "Engine unreachable",
                    "The engine cannot be reached. Reads go on from the last known state; try the write again when GET /info says connected."),
            kind(
                    "engine-timeout",
                    "Engine timeout",
                    "The engine did not answer in time. What was asked for may still take effect: look before you try again."),
            kind(
                    "cancelled",
                    "Cancelled",
                    "The work was ended before its time, by a caller or by the end of the server.")));

    private ProblemKinds() {}

    private static Map.Entry<String, Kind> kind(String code, String title, String explanation) {
        return Map.entry(code, new Kind(title, explanation));
    }

    static boolean knows(String code) {
        return KINDS.containsKey(code);
    }

    static String title(String code) {
        Kind kind = KINDS.get(code);
        return kind == null ? code : kind.title();
    }

    /// The page that explains a kind of problem.
    static Optional<String> page(String code) {
        return Optional.ofNullable(KINDS.get(code))
                .map(kind -> """
                <!doctype html>
                <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title>
                <h1>%s</h1>
                <p>%s</p>
                """.formatted(escape(kind.title()), escape(kind.title()), escape(kind.explanation())));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
