package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A create ends in a complete container or in none.
class NothingLeftBehindIT extends OnTheLab {

    @BeforeAll
    static void pull() {
        LAB.docker("pull", "-q", "busybox");
    }

    private static Http.Reply create(String rest) {
        return berth.http().post("/container", "{\"image_name\": \"busybox\"" + rest + "}");
    }

    private static void assertNothingIsLeft() {
        assertEquals(0, LAB.containerCount());
        assertEquals("", LAB.docker("volume", "ls", "-q"));
        assertTrue(berth.http().get("/container").json().fields().isEmpty());
    }

    @Test
    void aCommandThatCannotBeStartedIs422() {
        Http.Reply reply = create(", \"command\": [\"no-such-command\"]");
        assertEquals(422, reply.status(), reply::text);
        assertTrue(reply.json().get("engine_message").textOrEmpty().contains("no-such-command"), reply::text);
        assertNothingIsLeft();
    }

    @Test
    void aPortTakenByAContainerIs409AndNamesIt() {
        assertEquals(
                201,
                create(", \"name\": \"holder\", \"ports\": {\"80\": 18080}, \"command\": [\"sleep\", \"600\"]")
                        .status());
        Http.Reply reply = create(", \"ports\": {\"81\": 18080}");
        assertEquals(409, reply.status());
        assertEquals("holder", reply.json().get("container").textOrEmpty());
        assertEquals(1, LAB.containerCount());
    }

    @Test
    void aPortTakenByAProcessIs409() throws IOException {
        Process process =
                new ProcessBuilder("nsenter", "--net=" + LAB.netns(), "busybox", "nc", "-l", "-p", "18081").start();
        try {
            Awaitility.await()
                    .until(() -> LAB.run("nsenter", "--net=" + LAB.netns(), "cat", "/proc/net/tcp", "/proc/net/tcp6")
                            .text()
                            .contains(":46A1 "));
            Http.Reply reply = create(", \"ports\": {\"80\": 18081}");
            assertEquals(409, reply.status(), reply::text);
            assertEquals("/problem/port-taken", reply.json().get("type").textOrEmpty());
            assertNothingIsLeft();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aNameThatIsTakenIs409() {
        assertEquals(
                201,
                create(", \"name\": \"twice\", \"command\": [\"sleep\", \"600\"]")
                        .status());
        Http.Reply reply = create(", \"name\": \"twice\"");
        assertEquals(409, reply.status());
        assertEquals("/problem/name-taken", reply.json().get("type").textOrEmpty());
        assertEquals(1, LAB.containerCount());
    }

    @Test
    void aNetworkThatIsNotThereLeavesNothing() {
        Http.Reply reply = create(", \"networks\": [\"bridge\", \"no-such-network\"]");
        assertTrue(reply.status() == 422 || reply.status() == 404, reply::text);
        assertNothingIsLeft();
    }

    @Test
    void everyNewerFieldArrivesAtTheEngine() {
        LAB.docker("network", "create", "left");
        LAB.docker("network", "create", "right");
        Http.Reply reply = create(
                ", \"name\": \"whole\", \"command\": [\"600\"], \"entrypoint\": [\"sleep\"], \"working_dir\": \"/tmp\","
                        + " \"user\": \"65534:65534\", \"hostname\": \"inner\", \"labels\": {\"a\": \"b\", \"berth.update\": \"off\"},"
                        + " \"volumes\": [\"whole-data:/data:ro\"], \"networks\": [\"left\", \"right\"],"
                        + " \"restart_policy\": \"on-failure:3\", \"mem_limit\": \"64m\", \"mem_reservation\": \"32m\","
                        + " \"pids_limit\": 50, \"read_only\": true, \"cap_drop\": [\"ALL\"], \"init\": true,"
                        + " \"stop_timeout\": 1, \"environment\": {\"K\": \"V\", \"PATH\": null}");
        assertEquals(201, reply.status(), reply::text);
        String id = reply.json().get("id").textOrEmpty();
        assertEquals(
                "[sleep] [600] /tmp 65534:65534 inner b off on-failure 3 67108864 33554432 50 true [ALL] true 1",
                LAB.docker(
                        "inspect",
                        "-f",
                        "{{.Config.Entrypoint}} {{.Config.Cmd}} {{.Config.WorkingDir}} {{.Config.User}}"
                                + " {{.Config.Hostname}} {{index .Config.Labels \"a\"}}"
                                + " {{index .Config.Labels \"berth.update\"}} {{.HostConfig.RestartPolicy.Name}}"
                                + " {{.HostConfig.RestartPolicy.MaximumRetryCount}} {{.HostConfig.Memory}}"
                                + " {{.HostConfig.MemoryReservation}} {{.HostConfig.PidsLimit}}"
                                + " {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.Init}}"
                                + " {{.Config.StopTimeout}}",
                        id));
        assertEquals(
                "left right",
                LAB.docker("inspect", "-f", "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}", id));
        assertEquals(
                "whole-data /data false",
                LAB.docker("inspect", "-f", "{{range .Mounts}}{{.Name}} {{.Destination}} {{.RW}}{{end}}", id));
        assertEquals(204, berth.http().delete("/container/whole").status());
        LAB.docker("network", "rm", "left", "right");
        assertEquals("whole-data", LAB.docker("volume", "ls", "-q"), "a named volume stays");
        LAB.docker("volume", "rm", "whole-data");
    }

    @Test
    void aContainerThatIsOnlyCreatedIsNotStarted() {
        Http.Reply reply = create(", \"name\": \"unstarted\", \"start\": false");
        assertEquals("created", reply.json().get("status").textOrEmpty());
        assertEquals("created", LAB.docker("inspect", "-f", "{{.State.Status}}", "unstarted"));
    }

    @Test
    void aClientThatGoesAwayInTheMiddleLeavesACompleteContainer() throws IOException {
        String body = "{\"image_name\": \"busybox\", \"name\": \"orphan\", \"command\": [\"sleep\", \"600\"]}";
        URI base = URI.create(berth.http().base());
        try (var socket = new Socket(base.getHost(), base.getPort())) {
            String token =
                    Base64.getEncoder().encodeToString(("x:" + berth.http().token()).getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream()
                    .write(("POST /container HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic " + token
                                    + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            // Before the engine is asked it would be told that nobody waits any more, and nothing would be begun.
            Awaitility.await()
                    .until(() ->
                            !LAB.docker("ps", "-aq", "--filter", "name=orphan").isEmpty());
            socket.setSoLinger(true, 0); // gone with a reset, not with a farewell
        }
        Awaitility.await()
                .until(() -> berth.http()
                                .get("/container?name=orphan&status=running")
                                .json()
                                .fields()
                                .size()
                        == 1);
        assertEquals("running", LAB.docker("inspect", "-f", "{{.State.Status}}", "orphan"));
    }

    @Test
    void whatAnEarlierLifeLeftHalfMadeIsRemovedAndNothingElse() {
        String ours = halfMade("ours", berth.serverId(), "true");
        String theirs = halfMade("theirs", "another-installation", "true");
        String wanted = halfMade("wanted", berth.serverId(), "false");
        String plain = LAB.docker("create", "--name", "plain", "busybox");
        Awaitility.await().until(() -> !LAB.docker("ps", "-aq", "--no-trunc").contains(ours));
        String left = LAB.docker("ps", "-aq", "--no-trunc");
        assertTrue(left.contains(theirs) && left.contains(wanted) && left.contains(plain), left);
    }

    private static String halfMade(String name, String server, String start) {
        return LAB.docker(
                "create",
                "--name",
                name,
                "--label",
                "berth.op=an-operation-long-ago",
                "--label",
                "berth.server=" + server,
                "--label",
                "berth.start=" + start,
                "busybox");
    }
}
