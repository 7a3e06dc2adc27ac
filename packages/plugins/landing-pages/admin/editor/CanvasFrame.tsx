import { type ReactNode, useEffect } from 'react'
import { canvasStyles } from '../canvas/canvasStyles.ts'

/** What is around the page inside of Puck's frame: the styles that visitors' pages have, and the page's language. */
export function CanvasFrame({
  document,
  language,
  styles,
  children,
}: {
  document: Document | undefined
  language: string
  styles: string
  children: ReactNode
}) {
  useEffect(() => {
    if (!document) return
    document.documentElement.lang = language
    const style = document.createElement('style')
    style.textContent = `${styles}\n${canvasStyles}`
    document.head.append(style)
    return () => style.remove()
  }, [document, language, styles])
  useEffect(() => {
    const view = document?.defaultView
    if (!document || !view) return
    // States of a button, which a part of a page is not.
    const foreign = ['aria-pressed', 'aria-grabbed', 'aria-disabled']
    const clean = () => {
      for (const name of foreign)
        for (const element of document.querySelectorAll(`[data-puck-component][${name}]`)) element.removeAttribute(name)
    }
    const observer = new view.MutationObserver(clean)
    observer.observe(document.body, { subtree: true, attributes: true, attributeFilter: foreign, childList: true })
    clean()
    return () => observer.disconnect()
  }, [document])
  return <>{children}</>
}
