package dev.berth.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The body of a request between the connection that brings it and whoever reads it.
@Timeout(20)
class EntityTest {
    private static final int PIECE = 32 << 10;

    private final AtomicInteger resumed = new AtomicInteger();
    private final AtomicInteger invited = new AtomicInteger();
    private final Entity entity = new Entity(new Head.Body(1L << 40, true), new Entity.Source() {
        @Override
        public void invite() {
            invited.incrementAndGet();
        }

        @Override
        public void resume() {
            resumed.incrementAndGet();
        }
    });

    private boolean offer() {
        return entity.offer(Unpooled.buffer(PIECE).writeZero(PIECE));
    }

    private int fill() {
        int offered = 1;
        while (offer()) offered++;
        return offered;
    }

    /// What has been read from the network already comes after the connection was told to stop.
    @Test
    void aConnectionThatWasStoppedIsAlwaysToldToGoOn() {
        EntityStream stream = entity.stream();
        fill();
        byte[] some = new byte[PIECE];
        stream.read(some, 0, PIECE);
        stream.read(some, 0, PIECE);
        assertFalse(offer(), "still too much");
        assertEquals(0, resumed.get());
        byte[] all = new byte[1 << 20];
        stream.read(all, 0, all.length);
        assertEquals(1, resumed.get());
        assertTrue(offer());
    }

    @Test
    void aStreamKeepsNoMoreThanItsBoundAndGivesTheBytesInTheirOrder() {
        EntityStream stream = entity.stream();
        assertEquals(16, fill());
        entity.discard();
        assertEquals(1, resumed.get());
        entity.end();
        assertEquals(-1, stream.read(new byte[10], 0, 10));
    }

    @Test
    void aClientIsInvitedOnceAndOnlyWhenItsBodyIsRead() {
        EntityStream stream = entity.stream();
        assertEquals(0, invited.get());
        offer();
        offer();
        assertEquals(2 * PIECE, stream.read(new byte[3 * PIECE], 0, 3 * PIECE), "what is there, without a wait");
        offer();
        assertEquals(0, stream.read());
        assertEquals(1, invited.get());
    }

    @Test
    void aBodyThatBreaksOffIsNoEnd() {
        ByteBuf left = Unpooled.buffer(PIECE).writeZero(PIECE);
        EntityStream stream = entity.stream();
        entity.offer(left);
        assertEquals(10, stream.read(new byte[10], 0, 10));
        entity.fail();
        assertEquals(PIECE - 10, stream.read(new byte[PIECE], 0, PIECE - 10));
        assertThrows(HttpRefusal.class, () -> stream.read(new byte[10], 0, 10));
        assertEquals(0, left.refCnt());
        ByteBuf late = Unpooled.buffer(PIECE).writeZero(PIECE);
        assertTrue(entity.offer(late));
        assertEquals(0, late.refCnt());
        stream.close();
    }
}
