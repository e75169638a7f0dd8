package dev.berth.web;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/// Bytes to requests: RFC 9112, and nothing that two readers could understand in two ways.
final class RequestDecoder extends HttpRequestDecoder {
    private static final int LONGEST_LINE = 8 << 10;
    private static final int LONGEST_HEAD = 16 << 10;
    private static final int PIECE = 32 << 10;

    RequestDecoder() {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(LONGEST_LINE)
                .setMaxHeaderSize(LONGEST_HEAD)
                .setMaxChunkSize(PIECE));
    }

    /// Netty would believe the chunks; whoever stands between us and the client may have believed the length.
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("a length and chunks");
    }
}
