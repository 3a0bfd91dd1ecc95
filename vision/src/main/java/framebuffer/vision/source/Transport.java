package framebuffer.vision.source;

/** How an RTSP camera sends its pictures. */
public enum Transport {
    /** Over the connection of the commands: no packet is lost. */
    TCP,
    /** As datagrams: for cameras that know no other way. Lost packets damage pictures. */
    UDP
}
