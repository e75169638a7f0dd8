package dev.berth.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.SpecDraft;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How a person names a container or an image.
class LookupTest {
    private final MirrorBench bench = new MirrorBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void aContainerIsFoundByItsFullId() {
        ContainerId id = bench.runs("web");
        assertEquals(id, container(id.hex()).id());
    }

    @Test
    void aContainerIsFoundByItsNameWithOrWithoutDockersSlash() {
        ContainerId id = bench.runs("web");
        bench.runs("web2");
        assertEquals(id, container("web").id());
        assertEquals(id, container("/web").id());
    }

    @Test
    void aContainerIsFoundByTheBeginningOfItsId() {
        ContainerId id = bench.runs("web");
        assertEquals(id, container(id.shortId()).id());
        assertEquals(id, container(id.hex().substring(0, 1)).id());
        assertEquals(id, container(id.hex().substring(0, 63)).id());
    }

    @Test
    void aBeginningThatFitsSeveralNamesThem() {
        String shared = containersWithTheSameFirstDigit();
        Failure ambiguous = assertThrows(Failure.Conflict.class, () -> container(shared));
        assertEquals("ambiguous-id", ambiguous.code());
        assertTrue(ambiguous.figures().get("candidates") instanceof List<?> names && names.size() >= 2);
    }

    @Test
    void aNameWinsOverTheBeginningOfAnId() {
        ContainerId other = bench.runs("other");
        ContainerId named = bench.runs(other.hex().substring(0, 6));
        assertEquals(named, container(other.hex().substring(0, 6)).id());
    }

    @Test
    void aFullIdWinsOverAName() {
        ContainerId id = bench.runs("web");
        bench.runs(id.hex());
        assertEquals(id, container(id.hex()).id());
    }

    @Test
    void nobodyIsFoundByWhatFitsNobody() {
        bench.runs("web");
        for (String name : List.of("we", "WEB", "", "/", "zzz", "sha256:", "f".repeat(64), "f".repeat(65))) {
            Failure missing = assertThrows(Failure.NotFound.class, () -> container(name), name);
            assertEquals("no-such-container", missing.code());
        }
    }

    @Test
    void anImageIsFoundByReferenceWithAndWithoutItsDefaults() {
        ImageId id = bench.engine.imageStore().put("nginx").id();
        assertEquals(id, image("nginx").id());
        assertEquals(id, image("nginx:latest").id());
        assertEquals(id, image("docker.io/library/nginx:latest").id());
        assertThrows(Failure.NotFound.class, () -> image("nginx:1"));
        assertThrows(Failure.NotFound.class, () -> image("other.test/library/nginx"));
    }

    @Test
    void anImageIsFoundByIdAndItsBeginningWithAndWithoutPrefix() {
        ImageId id = bench.engine.imageStore().put("nginx").id();
        assertEquals(id, image(id.text()).id());
        assertEquals(id, image(id.hex()).id());
        assertEquals(id, image(id.shortId()).id());
        assertEquals(id, image(id.hex().substring(0, 12)).id());
        assertThrows(Failure.NotFound.class, () -> image("sha256:"));
    }

    @Test
    void anImageIsFoundByItsDigest() {
        Image put = bench.engine.imageStore().put("nginx");
        assertEquals(put.id(), image(put.digests().getFirst().toString()).id());
    }

    @Test
    void aReferenceWinsOverTheBeginningOfAnId() {
        ImageId other = bench.engine.imageStore().put("other").id();
        String beginning = other.hex().substring(0, 6);
        ImageId named = bench.engine.imageStore().put(beginning).id();
        assertEquals(named, image(beginning).id());
        assertEquals(other, image("sha256:" + beginning).id());
    }

    @Test
    void aBeginningThatFitsSeveralImagesNamesThem() {
        Set<String> seen = new HashSet<>();
        String shared = "";
        for (int i = 0; shared.isEmpty(); i++) {
            String digit = bench.engine.imageStore().put("image" + i).id().hex().substring(0, 1);
            if (!seen.add(digit)) shared = digit;
        }
        String beginning = "sha256:" + shared;
        Failure ambiguous = assertThrows(Failure.Conflict.class, () -> image(beginning));
        assertTrue(ambiguous.figures().get("candidates") instanceof List<?> names && names.size() >= 2);
    }

    @Test
    void theUsersOfAnImageAreThoseMadeFromIt() {
        ContainerId one = bench.runs("one");
        bench.engine.runs(SpecDraft.of("other").named("two").spec());
        Snapshot snapshot = snapshot();
        List<Container> users = snapshot.using(snapshot.image("busybox").id());
        assertEquals(List.of(one), users.stream().map(Container::id).toList());
    }

    private String containersWithTheSameFirstDigit() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; ; i++) {
            String digit = bench.runs("c" + i).hex().substring(0, 1);
            if (!seen.add(digit)) return digit;
        }
    }

    private Container container(String name) {
        return Lookup.container(bench.trueContainers(), name);
    }

    private Image image(String name) {
        return Lookup.image(bench.trueImages(), name);
    }

    private Snapshot snapshot() {
        return bench.connected().mirror.snapshot();
    }
}
