package dev.berth.web;

import dev.berth.access.Tokens;
import dev.berth.metrics.RequestCounts;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// The listening socket and the connections that it has brought.
public final class Server implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int MOST_LOOPS = 4;
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    /// How long a connection's thread may sleep if nothing comes.
    private static final Duration LULL = Duration.ofHours(1);

    private final ServerSettings settings;
    private final EventStreams streams = new EventStreams();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("request").factory());
    private final Office office;
    private Optional<EventLoopGroup> loops = Optional.empty();
    private Optional<Channel> listening = Optional.empty();

    /// @param settings where to listen and which host names are ours
    /// @param requests where the answered ones are counted
    public Server(
            ServerSettings settings,
            List<Route> routes,
            Tokens tokens,
            RequestCounts requests,
            InstantSource clock,
            RandomGenerator random) {
        this.settings = settings;
        this.office = new Office(
                new Router(routes, tokens, new Door(settings.names()), requests), streams, threads, clock, random);
    }

    /// Begins to listen.
    ///
    /// @throws IllegalStateException if the address cannot be listened on
    public void start() {
        int count = Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors());
        var group = new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory("connections", true), NioIoHandler.newFactory());
        loops = Optional.of(group);
        var bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                // Nagle's algorithm on an answer of two packets waits for the client's delayed acknowledgement: 40 ms.
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new Newcomer())
                .bind(settings.host(), settings.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess())
            throw new IllegalStateException("the address is taken, or is not one of this machine", bound.cause());
        listening = Optional.of(bound.channel());
        // A loop that has nothing scheduled wakes each second to see whether it has.
        for (EventExecutor loop : group) {
            var _ = loop.scheduleWithFixedDelay(() -> {}, LULL.toHours(), LULL.toHours(), TimeUnit.HOURS);
        }
    }

    /// Gives a new connection its parts.
    private final class Newcomer extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            connections.add(channel);
            var connection = new Connection(office, channel);
            channel.pipeline().addLast(new RequestDecoder(), new HttpResponseEncoder(), connection);
            connection.opened();
        }
    }

    /// The port, also where the settings left the choice to the system.
    public int port() {
        return listening
                .map(it -> ((InetSocketAddress) it.localAddress()).getPort())
                .orElseThrow(() -> new IllegalStateException("not listening"));
    }

    /// Ends what streams, stops accepting, and lets what is being answered end for ten seconds at most.
    @Override
    public void close() {
        listening.ifPresent(it -> it.close().awaitUninterruptibly());
        streams.close();
        for (Channel channel : connections)
            channel.eventLoop().execute(() -> {
                Optional.ofNullable(channel.pipeline().get(Connection.class)).ifPresent(Connection::stop);
                Optional.ofNullable(channel.pipeline().get(WebSocket.class)).ifPresent(WebSocket::stop);
            });
        connections.newCloseFuture().awaitUninterruptibly(GRACE.toMillis());
        threads.shutdownNow();
        connections.close().awaitUninterruptibly(LAST_WORDS.toMillis());
        loops.ifPresent(it -> it.shutdownGracefully(0, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2 * LAST_WORDS.toMillis()));
    }
}
