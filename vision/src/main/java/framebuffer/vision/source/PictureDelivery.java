package framebuffer.vision.source;

/** How the pictures of a video arrive. */
public enum PictureDelivery {
    /** It has an end, and arrives as fast as it is read: its own times say when a picture is due. */
    RECORDING,
    /** It goes on by itself, and a picture is due when it arrives. */
    LIVE,
    /** It goes on by itself, but several seconds arrive at once (HLS): its own times say when a picture is due. */
    SEGMENTED,
    /** One picture each time that it is opened, and then the end: it is opened for each picture. */
    SNAPSHOT;

    /** Whether it goes on by itself, so that an end is a breakdown. */
    public boolean live() {
        return this != RECORDING;
    }

    /** Whether a picture is due when it arrives. */
    public boolean dueOnArrival() {
        return this == LIVE || this == SNAPSHOT;
    }

    /**
     * How a video arrives.
     *
     * @param format
     *            FFmpeg's name of its format
     * @param declaresLength
     *            whether the video says how long it plays, before any of it is read
     * @param sized
     *            whether it is known how many bytes it has
     */
    static PictureDelivery of(String format, boolean declaresLength, boolean sized) {
        return switch (format) {
            // The size is that of the playlist; a playlist that has ended says how long it plays.
            case "hls", "dash" -> declaresLength ? RECORDING : SEGMENTED;
            // Cameras that send pictures for ever often name some large size.
            case "mpjpeg", "rtsp", "sdp", "rtp" -> LIVE;
            // FFmpeg's names for the files of pictures: jpeg_pipe, png_pipe and so on.
            case String picture when picture.endsWith("_pipe") || picture.equals("image2") -> SNAPSHOT;
            default -> declaresLength || sized ? RECORDING : LIVE;
        };
    }
}
