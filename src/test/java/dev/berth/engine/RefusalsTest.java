package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.wire.Refusing;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The engines' own words, and what they mean.
class RefusalsTest {
    private static final ContainerId ID = new ContainerId("ab".repeat(32));
    private static final ImageRef NGINX = ImageRef.parse("nginx");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            409 | name-taken        | Conflict. The container name "/web" is already in use by container "6ca2".
            500 | name-taken-not    | container storage: the layer is already in use
            404 | no-such-image     | No such image: nosuch:1
            404 | network-not-found | network nonet not found
            400 | create-refused    | Minimum memory limit allowed is 6MB
            409 | create-refused    | Conflicting options: hostname and the network mode
            """)
    void ofACreate(int status, String code, String message) {
        Failure failure = Refusals.create(Refusing.with(status, message));
        assertEquals(code.equals("name-taken-not") ? "create-refused" : code, failure.code());
        assertEquals(message, failure.engineMessage().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            500 | port-taken        | driver failed programming external connectivity on endpoint p1 (e341): Bind for 127.0.0.1:18099 failed: port is already allocated
            500 | port-taken        | driver failed programming external connectivity on endpoint p2 (e341): Error starting userland proxy: listen tcp4 0.0.0.0:18099: bind: address already in use
            500 | port-taken        | failed to set up container networking: failed to bind host port for 0.0.0.0:18099:172.17.0.2:80/tcp: address already in use
            500 | port-taken        | Error starting userland proxy: listen tcp6 [::]:18099: bind: address already in use
            403 | address-taken     | Address already in use
            404 | network-not-found | network nonet not found
            404 | no-such-container | No such container: abab
            400 | start-refused     | OCI runtime create failed: exec: "/nosuch": stat /nosuch: no such file or directory: unknown
            500 | start-refused     | stat /dev/nosuch: no such file or directory
            """)
    void ofAStart(int status, String code, String message) {
        Failure failure = Refusals.start(Refusing.with(status, message), ID);
        assertEquals(code, failure.code());
        assertEquals(message, failure.engineMessage().orElseThrow());
        if (code.equals("port-taken")) assertEquals(18_099L, failure.figures().get("port"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            409 | not-running       | Container abab is not running
            409 | not-running       | Cannot kill container: c1: Container abab is not running
            409 | not-running       | Container abab is restarting, wait until the container is running
            409 | not-running       | can only kill running containers. abab is in state exited: container state improper
            409 | already-paused    | Container abab is already paused
            500 | not-paused        | Container abab is not paused
            404 | no-such-container | Cannot kill container: abab: No such container: abab
            400 | engine-refused    | Invalid signal: NOPE
            """)
    void ofAPauseOrASignal(int status, String code, String message) {
        Failure failure = Refusals.state(Refusing.with(status, message), ID, "send it a signal");
        assertEquals(code, failure.code());
        assertEquals(message, failure.engineMessage().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            500 | memory-below-usage | Cannot update container abab: runc did not terminate successfully: exit status 1: unable to set memory limit to 20971520 (current usage: 42373120, peak usage: 44044288)
            409 | change-refused     | Cannot update container abab: Restart policy cannot be updated because AutoRemove is enabled for the container
            409 | change-refused     | Cannot update container abab: Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set
            400 | change-refused     | Minimum memory limit allowed is 6MB
            404 | no-such-container  | No such container: abab
            """)
    void ofAChange(int status, String code, String message) {
        Failure failure = Refusals.change(Refusing.with(status, message), ID);
        assertEquals(code, failure.code());
        assertEquals(message, failure.engineMessage().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            409 | name-taken        | Error when allocating new name: Conflict. The container name "/c1b" is already in use by container "6ca2".
            400 | engine-refused    | Error when allocating new name: Invalid container name (/-bad name)
            404 | no-such-container | No such container: abab
            """)
    void ofARename(int status, String code, String message) {
        Failure failure = Refusals.rename(Refusing.with(status, message), ID);
        assertEquals(code, failure.code());
        assertEquals(message, failure.engineMessage().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            404 | image-not-found | manifest for 127.0.0.1:5000/x:1 not found: manifest unknown: manifest unknown
            500 | image-not-found | manifest unknown: manifest unknown
            500 | registry-denied | Get "https://127.0.0.1:5002/v2/x/manifests/1": no basic auth credentials
            500 | registry-denied | unauthorized: authentication required
            404 | registry-denied | pull access denied for x, repository does not exist or may require 'docker login'
            500 | registry-unreachable | Get "https://10.98.7.1:5999/v2/": dial tcp 10.98.7.1:5999: connect: connection refused
            500 | registry-unreachable | dial tcp: lookup registry-1.docker.io: no such host
            500 | registry-unreachable | Get "https://10.98.7.1/v2/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)
            500 | pull-refused    | Get "https://10.98.7.1/v2/": x509: certificate signed by unknown authority
            500 | pull-refused    | write /var/lib/docker/tmp/x: no space left on device
            """)
    void ofAPull(int status, String code, String message) {
        Failure failure = RegistryRefusals.pull(Refusing.with(status, message), NGINX);
        assertInstanceOf(Failure.Rejected.class, failure);
        assertEquals(code, failure.code());
    }

    @Test
    void aRegistryThatIsNotReachableIsNamedWithTheReason() {
        Failure failure = RegistryRefusals.pull(
                "Get \"https://10.98.7.1:5999/v2/\": dial tcp 10.98.7.1:5999: connect: connection refused",
                ImageRef.parse("10.98.7.1:5999/app:1"));
        assertEquals("the registry 10.98.7.1:5999 is not reachable: connection refused", failure.detail());
    }

    @Test
    void aRegistryThatIsAskedTooOftenIsNotTheImagesFault() {
        String words = "toomanyrequests: You have reached your unauthenticated pull rate limit";
        for (Failure failure : List.of(
                RegistryRefusals.pull(words, NGINX), RegistryRefusals.digest(Refusing.with(500, words), NGINX))) {
            assertInstanceOf(Failure.Refused.class, failure);
            assertEquals("registry-limit", failure.code());
            assertTrue(failure.detail().contains("docker.io"), failure.detail());
            assertEquals(words, failure.engineMessage().orElseThrow());
        }
    }

    @Test
    void aNameThatCannotBeGiven() {
        assertInstanceOf(
                Failure.NotFound.class, RegistryRefusals.tag(Refusing.with(404, "No such image: sha256:ab"), NGINX));
        assertEquals(
                "engine-refused",
                RegistryRefusals.tag(Refusing.with(400, "refusing to create a tag"), NGINX)
                        .code());
    }

    @Test
    void anEngineWithoutTheEndpointCannotAskTheRegistry() {
        assertEquals(
                "registry-unsupported",
                RegistryRefusals.digest(Refusing.page(404, "Not Found"), NGINX).code());
        assertEquals(
                "registry-unsupported",
                RegistryRefusals.digest(Refusing.with(404, "page not found"), NGINX)
                        .code());
        assertEquals(
                "image-not-found",
                RegistryRefusals.digest(Refusing.with(404, "manifest unknown: manifest unknown"), NGINX)
                        .code());
    }

    @Test
    void aRemovalUnderWayIsRecognised() {
        assertTrue(Refusals.alreadyGoing(Refusing.with(409, "removal of container abab is already in progress")));
    }

    @Test
    void whatTheEngineHasNoReasonToRefuseIsItsOwnFailure() {
        Failure failed = Refusals.unexpected(Refusing.with(500, "boom"), "list the containers");
        assertInstanceOf(Failure.EngineNonsense.class, failed);
        assertEquals("boom", failed.engineMessage().orElseThrow());
        assertThrows(
                Failure.EngineNonsense.class,
                () -> Refusals.unexpected(Refusing.page(502, "<html>"), "list the containers"));
    }
}
