import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Width of an element in pixels, as it changes. */
export const useWidth = (element: RefObject<Element | null>): number => {
  const [width, setWidth] = useState(560);
  useLayoutEffect(() => {
    setWidth(element.current!.clientWidth);
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return width;
};
