package framebuffer.browser;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Between the browser and the service: can hold back all that comes from the service, or cut every connection. */
final class StallingProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int port;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition goesOn = lock.newCondition();
    private boolean stalled;

    StallingProxy(int port) throws IOException {
        this.port = port;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + listening.getLocalPort() + "/";
    }

    void stall(boolean now) {
        lock.lock();
        try {
            stalled = now;
            goesOn.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void cut() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    private void accept() {
        try {
            while (true) {
                Socket caller = listening.accept();
                Socket service = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.addAll(List.of(caller, service));
                Thread.startVirtualThread(() -> pass(caller, service, false));
                Thread.startVirtualThread(() -> pass(service, caller, true));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private void pass(Socket from, Socket to, boolean mayStall) {
        byte[] bytes = new byte[1 << 16];
        try (InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                if (mayStall) {
                    await();
                }
                out.write(bytes, 0, read);
                out.flush();
            }
        } catch (IOException e) {
            // One of them hung up.
        }
    }

    private void await() {
        lock.lock();
        try {
            while (stalled) {
                goesOn.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        stall(false);
        listening.close();
        cut();
    }
}
