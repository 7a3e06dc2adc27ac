export {
  type StubAnswer,
  type StubFault,
  type StubModelServer,
  type StubRequest,
  stubModelServer,
} from './stubModelServer.ts'
export { testModel } from './testModel.ts'
