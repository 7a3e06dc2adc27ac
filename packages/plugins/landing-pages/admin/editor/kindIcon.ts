import {
  Blocks,
  CircleHelp,
  Columns3,
  FormInput,
  Heading,
  Image,
  LayoutGrid,
  type LucideIcon,
  MousePointerClick,
  PanelBottom,
  Quote,
  Shapes,
  Tag,
  Text,
} from 'lucide-react'

const icons: Readonly<Record<string, LucideIcon>> = {
  Hero: Heading,
  Text,
  Features: LayoutGrid,
  Image,
  Testimonials: Quote,
  Pricing: Tag,
  FAQ: CircleHelp,
  Logos: Shapes,
  Columns: Columns3,
  Form: FormInput,
  CallToAction: MousePointerClick,
  Footer: PanelBottom,
}

/** The sign of a kind of block; blocks of plugins share one. */
export function kindIcon(type: string): LucideIcon {
  return icons[type] ?? Blocks
}
